package dev.parley.processor;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** What the compiler says to one source file when the processor takes part. */
record Compilation(List<String> errors, String manifest) {
    static Compilation of(Path out, String body) {
        String source =
                "package p; import dev.parley.plugin.*; import java.util.*;\n" + body + "\n";
        JavaFileObject file =
                new SimpleJavaFileObject(
                        URI.create("string:///p/P.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(out));
            JavaCompiler.CompilationTask task =
                    compiler.getTask(
                            new StringWriter(), files, found, List.of(), null, List.of(file));
            task.setProcessors(List.of(new PluginProcessor()));
            task.call();
            Path manifest = out.resolve("PARLEY-INF/plugin.json");
            return new Compilation(
                    found.getDiagnostics().stream()
                            .filter(it -> it.getKind() == Diagnostic.Kind.ERROR)
                            .map(it -> it.getMessage(Locale.ROOT))
                            .toList(),
                    Files.exists(manifest) ? Files.readString(manifest) : "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
