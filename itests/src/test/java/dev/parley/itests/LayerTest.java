package dev.parley.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rooms look down, never sideways or up: read from the manifests that bnd wrote. */
class LayerTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static Layers layers() throws IOException {
        return Layers.read(ROOT.resolve("docs/layers.txt"));
    }

    /** The folders that become bundles: rooms, and what plugins see. */
    private static List<Path> bundles() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> folders = Files.list(ROOT.resolve("bundles"))) {
            folders.sorted().forEach(found::add);
        }
        found.add(ROOT.resolve("plugin-api"));
        found.removeIf(folder -> !Files.exists(folder.resolve("bnd.bnd")));
        return found;
    }

    private static Optional<Manifest> manifest(Path folder) throws IOException {
        Path file = folder.resolve("target/classes/META-INF/MANIFEST.MF");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(new Manifest(in));
        }
    }

    private static List<String> imports(Manifest manifest) {
        return packages(manifest.getMainAttributes().getValue("Import-Package"));
    }

    /** The names in a header; attributes may hold commas in quotes. */
    static List<String> packages(@org.jspecify.annotations.Nullable String header) {
        if (header == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (String clause : header.replaceAll("\"[^\"]*\"", "").split(",")) {
            for (String part : clause.split(";")) {
                if (!part.contains("=")) {
                    names.add(part.trim());
                }
            }
        }
        return names;
    }

    @Test
    void everyRoomImportsOnlyWhatItsLineAllows() throws IOException {
        Layers layers = layers();
        List<String> broken = new ArrayList<>();
        for (Path folder : bundles()) {
            Optional<Manifest> manifest = manifest(folder);
            if (manifest.isEmpty()) {
                broken.add(folder.getFileName() + " was not built: ./mvnw verify builds all");
            } else {
                String name =
                        manifest.get()
                                .getMainAttributes()
                                .getValue("Bundle-SymbolicName")
                                .replaceAll(";.*", "");
                broken.addAll(
                        layers.broken(
                                name.replaceFirst("dev\\.parley\\.", ""), imports(manifest.get())));
            }
        }
        assertThat(broken).isEmpty();
        assertThat(bundles()).as("bundles that were looked at").hasSizeGreaterThan(9);
    }

    @Test
    void noRoomExportsItsInternals() throws IOException {
        for (Path folder : bundles()) {
            Optional<Manifest> manifest = manifest(folder);
            if (manifest.isPresent()) {
                assertThat(packages(manifest.get().getMainAttributes().getValue("Export-Package")))
                        .as("what %s exports", folder.getFileName())
                        .allMatch(
                                name -> name.endsWith(".api") || name.equals("dev.parley.plugin"));
            }
        }
    }

    @Test
    void everyFolderOfBundlesStandsInTheFile() throws IOException {
        Layers layers = layers();
        for (Path folder : bundles()) {
            String room = folder.getFileName().toString().replace("plugin-api", "plugin");
            assertThat(layers.rooms()).containsKey(room);
        }
    }

    @Test
    void lookingUpSidewaysInsideOrAtAForeignLibraryIsFound() throws IOException {
        Layers layers = layers();
        assertThat(layers.broken("gossip", List.of("dev.parley.trust.api")))
                .singleElement()
                .asString()
                .contains("floor 4");
        assertThat(layers.broken("gossip", List.of("dev.parley.direct.api"))).hasSize(1);
        assertThat(layers.broken("gossip", List.of("dev.parley.network.internal"))).hasSize(1);
        assertThat(layers.broken("gossip", List.of("io.netty.buffer"))).hasSize(1);
        assertThat(layers.broken("host", List.of("io.netty.buffer"))).hasSize(1);
        assertThat(layers.broken("trust", List.of("dev.parley.catalog.api"))).hasSize(1);
        assertThat(layers.broken("plugin", List.of("dev.parley.wire.api"))).hasSize(1);
        assertThat(layers.broken("attic", List.of())).hasSize(1);
        assertThat(layers.broken("network", List.of("io.netty.buffer", "java.util"))).isEmpty();
        assertThat(layers.broken("trust", List.of("dev.parley.gossip.api"))).isEmpty();
    }

    @Test
    void aHeaderIsSplitAtItsCommasAndNotAtThoseInQuotes() {
        assertThat(packages("a.b;version=\"[1.0,2)\",c.d;e.f;version=1,g;x:=\"h,i\""))
                .containsExactly("a.b", "c.d", "e.f", "g");
    }
}
