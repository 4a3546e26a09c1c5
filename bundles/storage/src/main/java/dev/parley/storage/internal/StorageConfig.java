package dev.parley.storage.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(name = "Storage", description = "Where everything that must survive is kept")
@interface StorageConfig {
    @AttributeDefinition(description = "The folder of logs and blobs")
    String dir();
}
