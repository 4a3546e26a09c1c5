package dev.parley.identity.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Identity",
        description = "Where the keys are, and which network they speak in")
@interface IdentityConfig {
    @AttributeDefinition(description = "The folder of the key files")
    String dir();

    @AttributeDefinition(description = "The network id; part of every signature")
    String network() default "parley.main";

    @AttributeDefinition(description = "What the owner calls this container, at most 64 characters")
    String name() default "";
}
