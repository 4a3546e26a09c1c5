package dev.parley.host.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleLintTest {
    private static final String GOOD =
            "Bundle-SymbolicName: org.example.x\nBundle-Version: 1.0.0\n";

    @TempDir private Path dir;

    private static byte[] jar(String headers, Map<String, byte[]> more) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(
                "META-INF/MANIFEST.MF",
                ("Manifest-Version: 1.0\nBundle-ManifestVersion: 2\n" + headers)
                        .getBytes(StandardCharsets.UTF_8));
        entries.put("PARLEY-INF/plugin.json", "{\"name\":\"x\"}".getBytes(StandardCharsets.UTF_8));
        entries.putAll(more);
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
                out.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private RefusedException refused(byte[] jar) throws Exception {
        try {
            BundleLint.check(Files.write(dir.resolve("x.jar"), jar));
        } catch (RefusedException e) {
            return e;
        }
        throw new AssertionError("it was accepted");
    }

    @Test
    void aGoodBundleSaysWhatItIs() throws Exception {
        BundleLint.Bundle bundle =
                BundleLint.check(Files.write(dir.resolve("x.jar"), jar(GOOD, Map.of())));
        assertThat(bundle.bsn()).isEqualTo("org.example.x");
        assertThat(bundle.version()).isEqualTo("1.0.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Fragment-Host: system.bundle;extension:=framework",
                "Require-Bundle: dev.parley.identity",
                "DynamicImport-Package: *",
                "ExtensionBundle-Activator: evil.Activator",
                "Bundle-Activator: evil.Activator",
                "Bundle-NativeCode: x.so",
                "Export-Package: dev.parley.plugin",
                "Import-Package: org.osgi.framework",
                "Import-Package: java.util,dev.parley.identity.internal;version=\"[1,2)\""
            })
    void aManifestThatReachesBeyondThePluginIsRefused(String header) throws Exception {
        RefusedException refused = refused(jar(GOOD + header + "\n", Map.of()));
        assertThat(refused.code()).isEqualTo(ReasonCode.BAD_MANIFEST);
    }

    @Test
    void theNameOfACoreBundleIsRefused() throws Exception {
        RefusedException refused =
                refused(
                        jar(
                                "Bundle-SymbolicName: dev.parley.identity\nBundle-Version: 1.0.0\n",
                                Map.of()));
        assertThat(refused.code()).isEqualTo(ReasonCode.BAD_MANIFEST);
        assertThat(refused).hasMessageContaining("choose your own");
    }

    @Test
    void anArchiveThatTwoReadersReadDifferentlyIsRefused() throws Exception {
        byte[] good = jar(GOOD, Map.of());
        assertThat(refused(Arrays.copyOf(good, good.length + 1)).code())
                .isEqualTo(ReasonCode.BAD_ARCHIVE);
        byte[] prefixed = new byte[good.length + 4];
        System.arraycopy(good, 0, prefixed, 4, good.length);
        assertThat(refused(prefixed).code()).isEqualTo(ReasonCode.BAD_ARCHIVE);
        byte[] cut = Arrays.copyOf(good, good.length - 5);
        assertThat(refused(cut).code()).isEqualTo(ReasonCode.BAD_ARCHIVE);
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        twice.write(good);
        twice.write(good);
        assertThat(refused(twice.toByteArray()).code()).isEqualTo(ReasonCode.BAD_ARCHIVE);
    }

    private static int indexOf(byte[] bytes, String text, int from) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text, from);
    }

    @Test
    void aDirectoryThatPointsToAnotherManifestIsRefused() throws Exception {
        byte[] evil = jar(GOOD + "DynamicImport-Package: *\n", Map.of());
        byte[] hidden = Arrays.copyOf(evil, indexOf(evil, "PK\3\4", 4));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
            out.write(("Manifest-Version: 1.0\n" + GOOD).getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
            out.putNextEntry(new ZipEntry("PARLEY-INF/plugin.json"));
            out.write("{\"name\":\"x\"}".getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
            ZipEntry stored = new ZipEntry("picture");
            CRC32 crc = new CRC32();
            crc.update(hidden);
            stored.setMethod(ZipEntry.STORED);
            stored.setSize(hidden.length);
            stored.setCrc(crc.getValue());
            out.putNextEntry(stored);
            out.write(hidden);
            out.closeEntry();
        }
        byte[] jar = bytes.toByteArray();
        assertThat(BundleLint.check(Files.write(dir.resolve("good.jar"), jar)).bsn())
                .isEqualTo("org.example.x");
        int place = indexOf(jar, "PK\3\4", indexOf(jar, "picture", 0));
        int directory = indexOf(jar, "PK\1\2", 0);
        ByteBuffer.wrap(jar).order(ByteOrder.LITTLE_ENDIAN).putInt(directory + 42, place);
        assertThat(refused(jar).code()).isEqualTo(ReasonCode.BAD_ARCHIVE);
    }

    @Test
    void aSecondManifestForNewerJdksIsRefused() throws Exception {
        byte[] jar =
                jar(
                        GOOD + "Multi-Release: true\n",
                        Map.of(
                                "META-INF/versions/9/OSGI-INF/MANIFEST.MF",
                                "Import-Package: org.osgi.framework\n"
                                        .getBytes(StandardCharsets.UTF_8)));
        assertThat(refused(jar).code()).isEqualTo(ReasonCode.BAD_ARCHIVE);
    }

    @Test
    void anEntryWhoseNameIsNoTextIsRefusedByCode() throws Exception {
        byte[] jar = jar(GOOD, Map.of("named", new byte[1]));
        for (int at = indexOf(jar, "named", 0); at >= 0; at = indexOf(jar, "named", at)) {
            jar[at] = (byte) 0xff;
        }
        assertThat(refused(jar).code()).isEqualTo(ReasonCode.BAD_ARCHIVE);
    }

    /** Manifest lines have at most 72 bytes. */
    private static String folded(String header) {
        return header.replaceAll("(.{70})", "$1\n ") + "\n";
    }

    @Test
    void aHugeHeaderCostsLittle() throws Exception {
        byte[] imports =
                jar(
                        GOOD
                                + folded(
                                        "Import-Package: "
                                                + "java.a;x=\"1,2\",".repeat(12_000)
                                                + "java.b"),
                        Map.of());
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () ->
                        assertThat(
                                        BundleLint.check(Files.write(dir.resolve("x.jar"), imports))
                                                .bsn())
                                .isEqualTo("org.example.x"));
        byte[] name =
                jar(
                        folded("Bundle-SymbolicName: " + "a.".repeat(100_000) + "a")
                                + "Bundle-Version: 1.0.0\n",
                        Map.of());
        RefusedException refused = refused(name);
        assertThat(refused.code()).isEqualTo(ReasonCode.BAD_MANIFEST);
        assertThat(refused.getMessage()).hasSizeLessThan(1000);
    }

    @Test
    void bombsSlipsAndNativeCodeAreRefused() throws Exception {
        for (String name :
                new String[] {"../evil.class", "/etc/x", "a/../../b", "lib/x.so", "inner.jar"}) {
            assertThat(refused(jar(GOOD, Map.of(name, new byte[1]))).code())
                    .as(name)
                    .isEqualTo(ReasonCode.BAD_ARCHIVE);
        }
        assertThat(refused(jar(GOOD, Map.of("zeros", new byte[30 << 20]))).code())
                .isEqualTo(ReasonCode.BAD_ARCHIVE);
    }

    @Test
    void aBundleWithoutAPluginsManifestSaysHowToMakeOne() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
            out.write(("Manifest-Version: 1.0\n" + GOOD).getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
        }
        assertThat(refused(bytes.toByteArray())).hasMessageContaining("plugin-processor");
    }
}
