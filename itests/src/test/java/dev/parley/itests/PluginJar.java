package dev.parley.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

/** Bundles of a plugin that misbehaves when it is asked to; made without the build's help. */
final class PluginJar {
    private static final List<String> TOOLS =
            List.of("allocate", "exit", "fail", "fine", "loop", "never", "print");
    private static final String SOURCE =
            """
            package evil;
            import dev.parley.plugin.*;
            public final class Evil {
                @Tool(description = "") public String allocate() {
                    java.util.List<byte[]> all = new java.util.ArrayList<>();
                    while (true) { all.add(new byte[1 << 20]); }
                }
                @Tool(description = "") public String exit() { Runtime.getRuntime().halt(7); return ""; }
                @Tool(description = "") public String fail() { throw new IllegalStateException("on purpose"); }
                @Tool(description = "") public String fine() { return "fine"; }
                @Tool(description = "") public String loop() { while (true) { Thread.onSpinWait(); } }
                @Tool(description = "") public String never() throws Exception { Thread.sleep(1000000); return ""; }
                @Tool(description = "") public String print() { System.out.println("to standard output"); return "printed"; }
            }
            """;

    private final byte[] code;

    PluginJar(Path dir, Path api) throws Exception {
        Path source = Files.writeString(dir.resolve("Evil.java"), SOURCE);
        int failed =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "--release",
                                "17",
                                "-cp",
                                api.toString(),
                                "-d",
                                dir.toString(),
                                source.toString());
        assertThat(failed).isZero();
        code = Files.readAllBytes(dir.resolve("evil").resolve("Evil.class"));
    }

    static List<Value.Map> tools() {
        Value.Map nothing =
                Value.map().put("type", "object").put("additionalProperties", Value.FALSE).build();
        return TOOLS.stream()
                .map(
                        name ->
                                Value.map()
                                        .put("name", name)
                                        .put("title", name)
                                        .put("description", "")
                                        .put("effects", "read")
                                        .put("audience", "local")
                                        .put("parameters", Value.list(List.of()))
                                        .put("inputSchema", nothing)
                                        .put(
                                                "outputSchema",
                                                Value.map().put("type", "string").build())
                                        .build())
                .toList();
    }

    byte[] jar(String name, long sequence, Map<String, String> headers) throws Exception {
        StringBuilder manifest =
                new StringBuilder("Manifest-Version: 1.0\nBundle-ManifestVersion: 2\n");
        if (!headers.containsKey("Bundle-SymbolicName")) {
            manifest.append("Bundle-SymbolicName: evil.").append(name).append('\n');
        }
        manifest.append("Bundle-Version: 1.").append(sequence).append(".0\n");
        manifest.append("Import-Package: dev.parley.plugin\n");
        headers.forEach((key, value) -> manifest.append(key + ": " + value + "\n"));
        String plugin =
                Json.write(
                        Value.map()
                                .put("name", name)
                                .put("title", "Evil " + name)
                                .put("description", "")
                                .put("entryClass", "evil.Evil")
                                .put("api", "1.0.0")
                                .put("permissions", Value.list(List.of()))
                                .put("tools", Value.list(tools()))
                                .build());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            entry(
                    out,
                    "META-INF/MANIFEST.MF",
                    manifest.toString().getBytes(StandardCharsets.UTF_8));
            entry(out, "PARLEY-INF/plugin.json", plugin.getBytes(StandardCharsets.UTF_8));
            entry(out, "evil/Evil.class", code);
        }
        return bytes.toByteArray();
    }

    private static void entry(ZipOutputStream out, String name, byte[] content) throws Exception {
        out.putNextEntry(new ZipEntry(name));
        out.write(content);
    }
}
