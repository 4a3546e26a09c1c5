package dev.parley.host.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/**
 * What one child uses, looked at once a second from outside: the part that the limits of the kernel
 * do not or not everywhere cover. Belongs to one thread.
 */
final class Usage {
    static final long MAX_RSS_KIB = 256 * 1024;
    static final long MAX_THREADS = 512;
    static final long MAX_DISK_BYTES = 256 << 20;
    static final int MAX_DISK_FILES = 10_000;

    private final ProcessHandle process;
    private final Path writable;
    private Path jvm = Path.of("");

    /**
     * @param process what was started; the JVM may be below it
     */
    Usage(ProcessHandle process, Path writable) {
        this.process = process;
        this.writable = writable;
    }

    /**
     * @return what it uses too much of
     */
    Optional<String> excess() {
        try {
            if (jvm.toString().isEmpty()) {
                jvm = Path.of("/proc", Long.toString(innermost(process).pid()));
            }
            List<String> status = Files.readAllLines(jvm.resolve("status"));
            if (number(status, "VmRSS:") > MAX_RSS_KIB) {
                return Optional.of("more than " + MAX_RSS_KIB / 1024 + " MiB of memory");
            }
            if (number(status, "Threads:") > MAX_THREADS) {
                return Optional.of("more than " + MAX_THREADS + " threads");
            }
            Disk disk = new Disk();
            Files.walkFileTree(writable, disk);
            if (disk.hidden || disk.files > MAX_DISK_FILES) {
                return Optional.of("more than " + MAX_DISK_FILES + " files, or hid some");
            }
            if (disk.bytes + deleted() > MAX_DISK_BYTES) {
                return Optional.of("more than " + (MAX_DISK_BYTES >> 20) + " MiB of disk");
            }
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // it has just ended, which is noticed elsewhere
        }
        return Optional.empty();
    }

    private static ProcessHandle innermost(ProcessHandle process) {
        return process.children().findFirst().map(Usage::innermost).orElse(process);
    }

    private static long number(List<String> status, String key) {
        return status.stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }

    /** The bytes of files that have no name any more but are open. */
    private long deleted() throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(jvm.resolve("fd"))) {
            for (Path file : open) {
                try {
                    if (Files.readSymbolicLink(file).toString().endsWith(" (deleted)")) {
                        bytes += Files.size(file);
                    }
                } catch (NoSuchFileException e) {
                    continue; // closed meanwhile
                }
            }
        }
        return bytes;
    }

    private static final class Disk extends SimpleFileVisitor<Path> {
        private long bytes;
        private int files;
        private boolean hidden;

        private FileVisitResult one(long size) {
            bytes += size;
            return ++files > MAX_DISK_FILES ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return one(0);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return one(attributes.size());
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            hidden |= !(failure instanceof NoSuchFileException);
            return FileVisitResult.CONTINUE;
        }
    }
}
