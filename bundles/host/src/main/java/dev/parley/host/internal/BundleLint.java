package dev.parley.host.internal;

import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Reads a bundle as bytes and refuses what no plugin needs, before anything installs it: archives
 * that two readers would read differently, and manifests that reach beyond the plugin.
 */
final class BundleLint {
    private static final int MAX_ENTRIES = 20_000;
    private static final long MAX_UNPACKED = 128L << 20;
    private static final int MAX_RATIO = 100;
    private static final int MAX_META_BYTES = 256 * 1024;
    private static final String PLUGIN_JSON = "PARLEY-INF/plugin.json";
    private static final List<String> FORBIDDEN_HEADERS =
            List.of(
                    "Fragment-Host",
                    "Require-Bundle",
                    "DynamicImport-Package",
                    "ExtensionBundle-Activator",
                    "Bundle-Activator",
                    "Bundle-NativeCode",
                    "Export-Package",
                    "Launcher-Agent-Class",
                    "Class-Path",
                    "Bundle-ClassPath",
                    "Main-Class");

    /** What a good bundle says of itself. */
    record Bundle(String bsn, String version, Value.Map plugin) {}

    private BundleLint() {}

    static Bundle check(Path jar) throws RefusedException {
        try {
            byte[] bytes = Files.readAllBytes(jar);
            Map<String, byte[]> meta = archive(bytes);
            byte[] manifest = meta.get("META-INF/MANIFEST.MF");
            byte[] plugin = meta.get(PLUGIN_JSON);
            if (manifest == null || plugin == null) {
                throw archive(
                        (manifest == null ? "META-INF/MANIFEST.MF" : PLUGIN_JSON)
                                + " is missing; build it with"
                                + " bnd-maven-plugin and the plugin-processor");
            }
            Attributes headers =
                    new Manifest(new ByteArrayInputStream(manifest)).getMainAttributes();
            return manifest(headers, plugin);
        } catch (IOException e) {
            throw archive("it cannot be read: " + e.getMessage());
        }
    }

    private static RefusedException archive(String message) {
        return new RefusedException(
                ReasonCode.BAD_ARCHIVE, "the bundle's archive was refused: " + message);
    }

    private static RefusedException manifest(String message) {
        return new RefusedException(
                ReasonCode.BAD_MANIFEST, "the bundle's manifest was refused: " + message);
    }

    /** Walks the local entries as a stream, and compares them with the central directory. */
    private static Map<String, byte[]> archive(byte[] bytes) throws IOException, RefusedException {
        Set<String> central = centralDirectory(bytes);
        Map<String, byte[]> meta = new HashMap<>();
        Set<String> names = new HashSet<>();
        long unpacked = 0;
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String name = entry.getName();
                String lower = name.toLowerCase(Locale.ROOT);
                if (!names.add(name) || names.size() > MAX_ENTRIES) {
                    throw archive(
                            "the entry '"
                                    + name
                                    + "' stands twice, or there are more than "
                                    + MAX_ENTRIES);
                }
                if (name.startsWith("/")
                        || name.contains("\\")
                        || List.of(name.split("/")).contains("..")) {
                    throw archive("the entry '" + name + "' leads out of the archive");
                }
                if (lower.matches(".*\\.(so|dll|dylib|jnilib|jar|zip|war)")) {
                    throw archive(
                            "the entry '"
                                    + name
                                    + "' is native code or an archive inside the archive");
                }
                boolean wanted = name.equals("META-INF/MANIFEST.MF") || name.equals(PLUGIN_JSON);
                byte[] content = wanted ? in.readNBytes(MAX_META_BYTES + 1) : new byte[0];
                unpacked += content.length + drain(in, MAX_UNPACKED - unpacked);
                if (content.length > MAX_META_BYTES
                        || unpacked > MAX_UNPACKED
                        || unpacked > 1 << 20 && unpacked / MAX_RATIO > bytes.length) {
                    throw archive(
                            "it unpacks to more than "
                                    + MAX_UNPACKED
                                    + " bytes or "
                                    + MAX_RATIO
                                    + " times its size");
                }
                if (wanted) {
                    meta.put(name, content);
                }
            }
        }
        if (!names.equals(central)) {
            throw archive("its directory names other entries than it has");
        }
        return meta;
    }

    private static long drain(InputStream in, long most) throws IOException {
        byte[] buffer = new byte[16_384];
        long count = 0;
        for (int read = in.read(buffer); read >= 0 && count <= most; read = in.read(buffer)) {
            count += read;
        }
        return count;
    }

    private static Set<String> centralDirectory(byte[] bytes) throws RefusedException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int end = bytes.length - 22;
        if (end < 0 || in.getInt(end) != 0x06054b50 || in.getShort(end + 20) != 0) {
            throw archive("it does not end with its directory; something was appended");
        }
        int count = in.getShort(end + 10) & 0xffff;
        long size = in.getInt(end + 12) & 0xffffffffL;
        long start = in.getInt(end + 16) & 0xffffffffL;
        if (start + size != end || in.getInt(0) != 0x04034b50) {
            throw archive("there is something before its entries or after its directory");
        }
        Set<String> names = new HashSet<>();
        int at = (int) start;
        for (int i = 0; i < count; i++) {
            if (at + 46 > end || in.getInt(at) != 0x02014b50) {
                throw archive("its directory is damaged");
            }
            int nameLength = in.getShort(at + 28) & 0xffff;
            if (at + 46 + nameLength > end) {
                throw archive("its directory is damaged");
            }
            if (!names.add(
                    new String(
                            bytes, at + 46, nameLength, java.nio.charset.StandardCharsets.UTF_8))) {
                throw archive("its directory names an entry twice");
            }
            at +=
                    46
                            + nameLength
                            + (in.getShort(at + 30) & 0xffff)
                            + (in.getShort(at + 32) & 0xffff);
        }
        if (at != end) {
            throw archive("its directory has a gap");
        }
        return names;
    }

    private static Bundle manifest(Attributes headers, byte[] pluginJson) throws RefusedException {
        for (String forbidden : FORBIDDEN_HEADERS) {
            String found = headers.getValue(forbidden);
            if (found != null && !(forbidden.equals("Bundle-ClassPath") && found.equals("."))) {
                throw manifest("it says '" + forbidden + ": " + found + "', which no plugin may");
            }
        }
        String bsn = value(headers, "Bundle-SymbolicName").replaceAll(";.*", "").strip();
        String version = value(headers, "Bundle-Version").strip();
        if (!bsn.matches("[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*") || bsn.length() > 128) {
            throw manifest("the symbolic name is '" + bsn + "'");
        }
        if (bsn.startsWith("dev.parley.")
                || bsn.startsWith("org.apache.felix")
                || bsn.equals("system.bundle")) {
            throw manifest(
                    "the symbolic name '" + bsn + "' belongs to the container; choose your own");
        }
        if (!version.matches("[0-9]+\\.[0-9]+\\.[0-9]+(\\.[A-Za-z0-9_-]+)?")) {
            throw manifest("the version is '" + version + "', expected for example 1.0.0");
        }
        String imports = headers.getValue("Import-Package");
        for (String clause :
                imports == null
                        ? new String[0]
                        : imports.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")) {
            String name = clause.replaceAll(";.*", "").strip();
            if (!name.matches("(java|javax)\\..*") && !name.equals("dev.parley.plugin")) {
                throw manifest(
                        "it imports "
                                + name
                                + "; a plugin has java.*, javax.* and dev.parley.plugin, and"
                                + " carries everything else itself (-privatepackage or -includepackage in bnd)");
            }
        }
        try {
            if (Json.parse(pluginJson, MAX_META_BYTES) instanceof Value.Map plugin) {
                return new Bundle(bsn, version, plugin);
            }
            throw manifest(PLUGIN_JSON + " is no JSON object");
        } catch (MalformedException e) {
            throw manifest(PLUGIN_JSON + ": " + e.getMessage());
        }
    }

    private static String value(Attributes headers, String name) throws RefusedException {
        String value = headers.getValue(name);
        if (value == null) {
            throw manifest("there is no " + name);
        }
        return value;
    }
}
