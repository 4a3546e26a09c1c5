package dev.parley.network.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Network",
        description = "Where this container listens and whom it stays connected to")
@interface NetworkConfig {
    @AttributeDefinition(
            description = "The UDP address to listen on, HOST:PORT; port 0 takes a free one")
    String listen() default "127.0.0.1:0";

    @AttributeDefinition(description = "Containers to stay connected to, HOST:PORT each")
    String[] peers() default {};

    @AttributeDefinition(description = "A folder for the native library that Netty unpacks")
    String dir() default "";
}
