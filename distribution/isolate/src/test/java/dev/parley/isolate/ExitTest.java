package dev.parley.isolate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.wire.api.PipeFrames;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a real child process ends; a thread of its pool is alive each time. */
class ExitTest {
    private Process child;
    private OutputStream in;

    @BeforeEach
    void start() throws Exception {
        child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx64m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.parley.isolate.Main")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        in = child.getOutputStream();
        send(Value.map().put("kind", "call").put("id", 1).put("tool", "none"));
        assertThat(PipeFrames.read(child.getInputStream()).get("code"))
                .contains(Value.of("NO_SUCH_TOOL"));
    }

    @AfterEach
    void kill() {
        child.destroyForcibly();
    }

    private void send(Value.MapBuilder frame) throws IOException {
        PipeFrames.write(in, frame.build());
        in.flush();
    }

    private int code() throws InterruptedException {
        assertThat(child.waitFor(10, TimeUnit.SECONDS)).as("it has ended").isTrue();
        return child.exitValue();
    }

    @Test
    void junkEndsItAndItSaysSo() throws Exception {
        in.write("this is no frame at all".getBytes(StandardCharsets.UTF_8));
        in.flush();
        Value.Map said = PipeFrames.read(child.getInputStream());
        assertThat(HostContext.text(said, "kind")).isEqualTo("log");
        assertThat(said.toString()).contains("no frame");
        assertThat(code()).isEqualTo(Main.BROKEN);
    }

    @Test
    void theEndOfThePipeIsAGoodEnd() throws Exception {
        in.close();
        assertThat(code()).isZero();
    }

    @Test
    void aStopIsAGoodEnd() throws Exception {
        send(Value.map().put("kind", "stop"));
        assertThat(code()).isZero();
    }
}
