package dev.parley.host.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one container that its children can reach, in the temporary folder. A lock on a
 * file in it says that the container lives: the kernel lets go of it however the container ends, so
 * a folder whose lock is free was left behind and is swept.
 */
final class IsolateFolder implements AutoCloseable {
    static final String PREFIX = "parley-isolates-";
    private static final String NEW_PREFIX = "parley-starting-";
    private static final String LOCK = "lock";
    private static final Duration STARTING = Duration.ofMinutes(10);
    private static final System.Logger LOG = System.getLogger(IsolateFolder.class.getName());

    /** Closing any file of ours would free its lock, so a sweep must not even open those. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private IsolateFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** It gets its name when it is locked, so that no other container takes it for a left one. */
    static IsolateFolder create(Path temp) throws IOException {
        Path starting = Files.createTempDirectory(temp, NEW_PREFIX);
        Path path =
                temp.resolve(
                        PREFIX + starting.getFileName().toString().substring(NEW_PREFIX.length()));
        FileChannel lock =
                FileChannel.open(
                        starting.resolve(LOCK),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() == null) {
                throw new IOException("cannot lock " + starting);
            }
            OURS.add(path);
            Files.move(starting, path, StandardCopyOption.ATOMIC_MOVE);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
            return new IsolateFolder(path, lock);
        } catch (IOException e) {
            OURS.remove(path);
            lock.close();
            delete(starting);
            throw e;
        }
    }

    Path path() {
        return path;
    }

    long owner() throws IOException {
        return uid(path);
    }

    private static long uid(Path path) throws IOException {
        return ((Number) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                .longValue();
    }

    /** Removes what containers of this user have left behind that did not live to do it. */
    void sweep() {
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(path.resolveSibling("."), "parley-*")) {
            for (Path other : all) {
                Path folder = path.resolveSibling(other.getFileName());
                if (!OURS.contains(folder) && left(folder)) {
                    LOG.log(System.Logger.Level.INFO, "removing {0}, which was left", folder);
                    delete(folder);
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot look for left folders", e);
        }
    }

    private boolean left(Path folder) {
        String name = folder.getFileName().toString();
        try {
            if (!(name.startsWith(PREFIX) || name.startsWith(NEW_PREFIX))
                    || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    || uid(folder) != owner()) {
                return false;
            }
            Instant changed = Files.getLastModifiedTime(folder).toInstant();
            boolean old = changed.isBefore(Instant.now().minus(STARTING));
            Path file = folder.resolve(LOCK);
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return old && name.startsWith(NEW_PREFIX);
            }
            try (FileChannel channel =
                            FileChannel.open(
                                    file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                    FileLock free = channel.tryLock()) {
                return free != null && (name.startsWith(PREFIX) || old);
            }
        } catch (IOException | RuntimeException e) {
            return false; // another one sweeps it, or it is not ours to judge
        }
    }

    /** Removes a folder and what a child may have put into it; links are not followed. */
    static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new Remover());
        } catch (NoSuchFileException e) {
            return; // somebody was quicker
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot remove {0}: {1}", folder, e.toString());
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        /** A child may have taken the rights on its own folder away. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) || Files.isReadable(file)) {
                throw failure;
            }
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
            Files.walkFileTree(file, this);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                throws IOException {
            if (!Files.isWritable(folder) || !Files.isExecutable(folder)) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }

    @Override
    public void close() {
        delete(path);
        OURS.remove(path);
        try {
            lock.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the lock's file did not close", e);
        }
    }
}
