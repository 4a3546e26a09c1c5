package dev.parley.trust.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(name = "Trust", description = "Where the contacts are kept")
@interface TrustConfig {
    @AttributeDefinition(description = "The folder of the contacts file")
    String dir();
}
