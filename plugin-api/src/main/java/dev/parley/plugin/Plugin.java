package dev.parley.plugin;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Requirement;

/**
 * Marks the one class of a plugin that implements its tools.
 *
 * <p>The class is public, has one public constructor that takes nothing or a {@link PluginContext},
 * and implements at least one interface with {@link Tool} methods. One instance is made when the
 * plugin starts; its tools are called from several threads at once. If it is {@link AutoCloseable}
 * it is closed when the plugin stops.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Requirement(
        namespace = "dev.parley.plugin.api",
        filter = "(&(version>=1.0.0)(!(version>=2.0.0)))",
        effective = "active")
@Capability(namespace = "dev.parley.tool", attribute = "plugin=${#name}", effective = "active")
public @interface Plugin {
    /** What users install and call it by: {@code [a-z][a-z0-9-]{0,39}}. */
    String name();

    String title() default "";

    /**
     * One or two sentences for the person who decides whether to install it; at most 500
     * characters.
     */
    String description();
}
