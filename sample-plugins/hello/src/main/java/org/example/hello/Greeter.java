package org.example.hello;

import dev.parley.plugin.Tool;

/** What this plugin offers: each method with {@code @Tool} can be called by name. */
public interface Greeter {
    record Greeting(String text) {}

    @Tool(title = "Greet somebody", description = "Says hello to the one who is named.")
    Greeting greet(String name);
}
