package dev.parley.isolate;

import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.PipeFrames;
import dev.parley.wire.api.Value;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Loads what every isolate loads and ends, so that the JVM can keep it as a class archive. */
public final class Warm {
    private Warm() {}

    public static void main(String[] words) throws IOException, MalformedException {
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        PipeFrames.write(script, Value.map().put("kind", "start").put("cache", words[0]).build());
        PipeFrames.write(script, Value.map().put("kind", "stop").build());
        Main.run(
                new ByteArrayInputStream(script.toByteArray()),
                new ByteArrayOutputStream(),
                () -> {});
        System.exit(0);
    }
}
