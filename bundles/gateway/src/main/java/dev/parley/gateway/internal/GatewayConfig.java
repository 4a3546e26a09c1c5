package dev.parley.gateway.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(name = "Gateway", description = "REST on this machine only")
@interface GatewayConfig {
    @AttributeDefinition(description = "A loopback host:port; port 0 takes any free one")
    String listen() default "127.0.0.1:0";

    @AttributeDefinition(description = "The folder of the token file and of rest.json")
    String dir();

    @AttributeDefinition(description = "The name of this container, for rest.json")
    String name() default "";
}
