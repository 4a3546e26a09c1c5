package dev.parley.plugin;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Reads and writes these stores that the container shares with others. The owner of a container
 * grants it or not; without it the calls that need it fail.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface StoresPermission {
    /** Names of stores: parts joined by {@code /}, or the first parts and {@code /*}. */
    String[] stores();

    /** Why the plugin needs it, for the person who decides; at most 200 characters. */
    String reason();
}
