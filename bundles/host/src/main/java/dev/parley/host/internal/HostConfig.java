package dev.parley.host.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(name = "Host", description = "How plugins are run")
@interface HostConfig {
    @AttributeDefinition(description = "The runtime of the child processes")
    String isolateJar();

    @AttributeDefinition(description = "The java command of the child processes")
    String java();

    @AttributeDefinition(
            description =
                    "auto, bubblewrap, landlock, or none, which runs plugins unconfined as this user")
    String sandbox() default "auto";

    @AttributeDefinition(
            description =
                    "Where containers of this installation share class archives; empty for nowhere")
    String archives() default "";
}
