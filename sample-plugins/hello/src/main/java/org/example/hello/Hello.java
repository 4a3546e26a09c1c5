package org.example.hello;

import dev.parley.plugin.Plugin;

@Plugin(name = "hello", title = "Hello", description = "Greets by name. Needs no permission.")
public final class Hello implements Greeter {
    @Override
    public Greeting greet(String name) {
        return new Greeting("Hello, " + name + "!");
    }
}
