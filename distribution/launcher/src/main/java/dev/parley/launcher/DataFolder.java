package dev.parley.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** The folder of one container, readable by its owner only and locked while the container runs. */
final class DataFolder implements AutoCloseable {
    private final Path root;
    private final FileChannel channel;

    private DataFolder(Path root, FileChannel channel) {
        this.root = root;
        this.channel = channel;
    }

    static DataFolder open(Path root) throws IOException, UsageException {
        boolean posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix && !Files.exists(root)) {
            Files.createDirectories(
                    root,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(root);
        }
        for (String part : new String[] {"logs", "run", "felix"}) {
            Files.createDirectories(root.resolve(part));
        }
        FileChannel channel =
                FileChannel.open(
                        root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock(channel) == null) {
            channel.close();
            throw new UsageException(
                    "a container is already running in "
                            + root
                            + "; stop it with 'parley down', or use another --name");
        }
        return new DataFolder(root, channel);
    }

    /** What stands in the way, in words: the exceptions of files say it by their type. */
    static String why(FileSystemException e) {
        String what =
                e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException
                        ? "is no folder"
                        : e instanceof AccessDeniedException
                                ? "may not be written by this user"
                                : e instanceof NoSuchFileException
                                        ? "cannot be made there"
                                        : String.valueOf(e.getReason());
        return e.getFile() + " " + what;
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    Path root() {
        return root;
    }

    String at(String part) {
        return root.resolve(part).toString();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
