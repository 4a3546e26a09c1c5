package dev.parley.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What the kernel says about a process and everything below it, in MiB.
 *
 * @param resident every page that is in memory, whoever else has it too
 * @param proportional each page divided by how many processes have it
 * @param own the pages that nobody else has
 */
record Memory(int processes, double resident, double proportional, double own) {
    static Memory of(long pid) throws IOException {
        double resident = 0;
        double proportional = 0;
        double own = 0;
        int processes = 0;
        ProcessHandle top = ProcessHandle.of(pid).orElseThrow();
        for (ProcessHandle process : Stream.concat(Stream.of(top), top.descendants()).toList()) {
            try {
                for (String line :
                        Files.readAllLines(
                                Path.of("/proc", Long.toString(process.pid()), "smaps_rollup"))) {
                    String[] words = line.trim().split("[: ]+");
                    switch (words[0]) {
                        case "Rss" -> resident += mebibytes(words[1]);
                        case "Pss" -> proportional += mebibytes(words[1]);
                        case "Private_Clean", "Private_Dirty" -> own += mebibytes(words[1]);
                        default -> {}
                    }
                }
                processes++;
            } catch (NoSuchFileException e) {
                continue; // it has just ended
            }
        }
        return new Memory(processes, resident, proportional, own);
    }

    private static double mebibytes(String kibibytes) {
        return Long.parseLong(kibibytes) / 1024.0;
    }

    /** VmRSS of one process alone. */
    static double resident(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> mebibytes(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    String words() {
        return String.format(
                Locale.ROOT,
                "resident %6.1f, proportional %6.1f, own %6.1f MiB in %d processes",
                resident,
                proportional,
                own,
                processes);
    }
}
