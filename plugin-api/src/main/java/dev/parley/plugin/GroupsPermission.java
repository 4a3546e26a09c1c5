package dev.parley.plugin;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Reads and sends messages in these private groups of the container's agent. The owner of a
 * container grants it or not; without it the calls that need it fail.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface GroupsPermission {
    /** Names of groups: parts joined by {@code /}, or the first parts and {@code /*}. */
    String[] groups();

    /** Why the plugin needs it, for the person who decides; at most 200 characters. */
    String reason();
}
