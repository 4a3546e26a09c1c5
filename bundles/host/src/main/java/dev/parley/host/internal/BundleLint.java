package dev.parley.host.internal;

import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private static final int MAX_NAME_CHARS = 128;
    private static final int MAX_VERSION_CHARS = 64;
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
        } catch (IOException | IllegalArgumentException e) {
            throw archive("it cannot be read: " + e.getMessage());
        }
    }

    static RefusedException archive(String message) {
        return new RefusedException(
                ReasonCode.BAD_ARCHIVE, "the bundle's archive was refused: " + message);
    }

    private static RefusedException manifest(String message) {
        return new RefusedException(
                ReasonCode.BAD_MANIFEST, "the bundle's manifest was refused: " + message);
    }

    /** Walks the local entries as a stream, and compares them with the central directory. */
    private static Map<String, byte[]> archive(byte[] bytes) throws IOException, RefusedException {
        Set<String> central = ZipLayout.names(bytes);
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
                if (lower.matches("meta-inf/versions/.*/osgi-inf/.*")) {
                    throw archive("the entry '" + name + "' is a second manifest");
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

    private static Bundle manifest(Attributes headers, byte[] pluginJson) throws RefusedException {
        for (String forbidden : FORBIDDEN_HEADERS) {
            String found = headers.getValue(forbidden);
            if (found != null && !(forbidden.equals("Bundle-ClassPath") && found.equals("."))) {
                throw manifest(
                        "it says '" + forbidden + ": " + cut(found) + "', which no plugin may");
            }
        }
        String bsn = clauseName(value(headers, "Bundle-SymbolicName"));
        String version = value(headers, "Bundle-Version").strip();
        if (bsn.length() > MAX_NAME_CHARS || !bsn.matches("[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*")) {
            throw manifest("the symbolic name is '" + cut(bsn) + "'");
        }
        if (bsn.startsWith("dev.parley.")
                || bsn.startsWith("org.apache.felix")
                || bsn.equals("system.bundle")) {
            throw manifest(
                    "the symbolic name '" + bsn + "' belongs to the container; choose your own");
        }
        if (version.length() > MAX_VERSION_CHARS
                || !version.matches("[0-9]+\\.[0-9]+\\.[0-9]+(\\.[A-Za-z0-9_-]+)?")) {
            throw manifest("the version is '" + cut(version) + "', expected for example 1.0.0");
        }
        String imports = headers.getValue("Import-Package");
        for (String clause : imports == null ? List.<String>of() : clauses(imports)) {
            String name = clauseName(clause);
            if (!name.startsWith("java.")
                    && !name.startsWith("javax.")
                    && !name.equals("dev.parley.plugin")) {
                throw manifest(
                        "it imports "
                                + cut(name)
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

    /**
     * What stands between the commas outside of quotes; in one pass, as the text is a stranger's.
     */
    private static List<String> clauses(String header) {
        List<String> clauses = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int at = 0; at < header.length(); at++) {
            if (header.charAt(at) == '"') {
                quoted = !quoted;
            } else if (header.charAt(at) == ',' && !quoted) {
                clauses.add(header.substring(from, at));
                from = at + 1;
            }
        }
        clauses.add(header.substring(from));
        return clauses;
    }

    private static String clauseName(String clause) {
        int end = clause.indexOf(';');
        return (end < 0 ? clause : clause.substring(0, end)).strip();
    }

    private static String cut(String text) {
        return text.length() > MAX_NAME_CHARS ? text.substring(0, MAX_NAME_CHARS) + "…" : text;
    }

    private static String value(Attributes headers, String name) throws RefusedException {
        String value = headers.getValue(name);
        if (value == null) {
            throw manifest("there is no " + name);
        }
        return value;
    }
}
