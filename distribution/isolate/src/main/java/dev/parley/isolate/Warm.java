package dev.parley.isolate;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.StringArray;
import dev.parley.plugin.Tool;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.PipeFrames;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Does what every isolate does, with a plugin of its own, and ends, so that the JVM can keep what
 * it loaded as a class archive. The step that locks the process in gets its classes here too,
 * without locking anything.
 */
public final class Warm {
    private static final String PACKAGE = "dev/parley/isolate/";
    private static final long GETPID = 39;

    private Warm() {}

    /** The plugin: a text, a number, a list and a record, there and back. */
    public static final class Sample {
        public record Note(String text, int stars, List<String> tags) {}

        @Tool(description = "Gives back what it gets")
        public Note echo(String text, int stars, List<String> tags) {
            return new Note(text, stars, tags);
        }
    }

    public static void main(String[] words)
            throws IOException, MalformedException, ClassNotFoundException {
        Path folder = Path.of(words[0]);
        loadLockingIn();
        Path jar = Files.createDirectory(folder.resolve("jar")).resolve("sample.jar");
        writeSample(jar);
        ExecutorService child = Executors.newSingleThreadExecutor();
        try (PipedOutputStream toChild = new PipedOutputStream();
                PipedInputStream fromChild = new PipedInputStream()) {
            InputStream in = new PipedInputStream(toChild);
            OutputStream out = new PipedOutputStream(fromChild);
            child.execute(
                    () -> {
                        try {
                            Main.run(in, out, () -> {});
                        } catch (MalformedException e) {
                            throw new IllegalStateException(e);
                        }
                    });
            talk(
                    toChild,
                    fromChild,
                    Value.map()
                            .put("kind", "start")
                            .put("cache", folder.resolve("cache").toString())
                            .put("jar", jar.toString())
                            .put("entryClass", Sample.class.getName())
                            .build());
            talk(toChild, fromChild, call());
        }
        System.exit(0);
    }

    private static void talk(OutputStream out, InputStream in, Value.Map frame)
            throws IOException, MalformedException {
        PipeFrames.write(out, frame);
        Value.Map answer = PipeFrames.read(in);
        if (answer.get("message").isPresent()) {
            throw new IllegalStateException(HostContext.text(answer, "message"));
        }
    }

    private static Value.Map call() {
        return Value.map()
                .put("kind", "call")
                .put("id", 1)
                .put("tool", "echo")
                .put("parameters", Value.texts(List.of("text", "stars", "tags")))
                .put(
                        "args",
                        Value.map()
                                .put("text", "warm")
                                .put("stars", 1)
                                .put("tags", Value.texts(List.of("a", "b")))
                                .build())
                .build();
    }

    /** Every class of this package, and the way from Java to the kernel and back. */
    private static void loadLockingIn() throws IOException, ClassNotFoundException {
        try (JarFile own = new JarFile(System.getProperty("java.class.path"))) {
            for (JarEntry entry : own.stream().toList()) {
                String name = entry.getName();
                if (name.startsWith(PACKAGE) && name.endsWith(".class")) {
                    Class.forName(
                            name.substring(0, name.length() - 6).replace('/', '.'),
                            false,
                            Warm.class.getClassLoader());
                }
            }
        }
        Memory memory = new Memory(8);
        memory.setLong(0, 1);
        new StringArray(new String[] {"warm"});
        NativeLibrary.getInstance("c")
                .getFunction("syscall")
                .invokeLong(new Object[] {GETPID, memory});
    }

    private static void writeSample(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.putValue("Manifest-Version", "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "warm");
        headers.putValue("Import-Package", "dev.parley.plugin;version=\"[1.0,2)\"");
        headers.putValue(
                "Require-Capability",
                "dev.parley.plugin.api;filter:=\"(version>=1.0.0)\","
                        + "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=17))\"");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (Class<?> type : List.of(Sample.class, Sample.Note.class)) {
                String name = type.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(name));
                try (InputStream bytes = Warm.class.getResourceAsStream("/" + name)) {
                    if (bytes == null) {
                        throw new IOException("no " + name);
                    }
                    bytes.transferTo(out);
                }
            }
        }
    }
}
