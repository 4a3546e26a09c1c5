package dev.parley.launcher;

import java.util.HashMap;
import java.util.Map;

/** What each room is told, by the PID of its configuration. */
record Settings(Installation installation, Options options, DataFolder data) {
    Map<String, Map<String, Object>> byPid() {
        Map<String, Map<String, Object>> pids = new HashMap<>();
        pids.put(
                "dev.parley.identity",
                Map.of(
                        "dir",
                        data.at("identity"),
                        "network",
                        options.network(),
                        "name",
                        options.name()));
        pids.put("dev.parley.storage", Map.of("dir", data.at("storage")));
        pids.put(
                "dev.parley.network",
                Map.of(
                        "listen", options.listen(),
                        "peers", options.peers().toArray(new String[0]),
                        "dir", data.at("run")));
        pids.put("dev.parley.trust", Map.of("dir", data.at("storage")));
        pids.put(
                "dev.parley.host",
                Map.of(
                        "isolateJar", installation.isolateJar().toString(),
                        "java", javaCommand(),
                        "sandbox", options.sandbox(),
                        "archives", System.getProperty("parley.archives", ""),
                        "runDir", data.at("run")));
        pids.put(
                "dev.parley.gateway",
                Map.of(
                        "listen",
                        "127.0.0.1:0",
                        "dir",
                        data.root().toString(),
                        "name",
                        options.name()));
        return pids;
    }

    private static String javaCommand() {
        return java.nio.file.Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
