package dev.parley.plugin;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a public method callable: from the command line, over REST and by other programs.
 *
 * <p>The tool has the method's name; its parameters are the properties of its input, its result is
 * its output. Types: String, boolean, int, long, double, enums, records of these, and List, Map
 * with String keys and Optional of these. A result that is no record is given out as {@code
 * {"result": …}}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Tool {
    String title() default "";

    /** What it does, for people and for agents that choose tools; at most 500 characters. */
    String description();

    Effects effects() default Effects.READ;

    Audience audience() default Audience.LOCAL;

    /** What a call may change. */
    enum Effects {
        READ,
        WRITE,
        SPEND,
        INSTALL,
        EXTERNAL
    }

    /** Who may call it. */
    enum Audience {
        LOCAL,
        GROUP,
        NETWORK
    }
}
