package dev.parley.storage.internal;

import dev.parley.storage.api.SecretFiles;
import dev.parley.storage.api.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A folder with a file for each secret. One that is being written has a name with a dot. */
final class FolderSecretFiles implements SecretFiles {
    private static final String UNFINISHED = ".new-";

    private final Path dir;
    private final Path all;
    private final Path folder;

    /**
     * @param dir of the whole storage
     */
    FolderSecretFiles(Path dir, String name) {
        this.dir = dir;
        this.all = dir.resolve("secrets");
        this.folder = all.resolve(name);
    }

    private FileAttribute<?>[] only(String rights) {
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
                }
                : new FileAttribute<?>[0];
    }

    private List<Path> files() throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private Path file(String name) {
        StorageComponent.checkName(name);
        return folder.resolve(name);
    }

    @Override
    public synchronized Map<String, byte[]> all() throws StorageException {
        Map<String, byte[]> all = new TreeMap<>();
        try {
            for (Path file : files()) {
                String name = file.getFileName().toString();
                if (name.startsWith(UNFINISHED)) {
                    destroy(file);
                } else if (Files.size(file) <= MAX_BYTES) {
                    all.put(name, Files.readAllBytes(file));
                }
            }
            return all;
        } catch (IOException e) {
            throw StorageException.of("reading the secrets in " + folder, e);
        }
    }

    @Override
    public synchronized void put(String name, byte[] secret) throws StorageException {
        Path file = file(name);
        if (secret.length > MAX_BYTES) {
            throw new StorageException(
                    StorageException.Reason.TOO_LONG,
                    "a secret of " + secret.length + " bytes, at most " + MAX_BYTES);
        }
        if (Files.exists(file)) {
            throw new IllegalStateException("there is a secret " + name + " already");
        }
        Path unfinished = folder.resolve(UNFINISHED + name);
        try {
            if (!Files.exists(folder)) {
                Files.createDirectories(folder, only("rwx------"));
                Folders.force(all);
                Folders.force(dir);
            }
            destroy(unfinished);
            try (FileChannel channel =
                    FileChannel.open(
                            unfinished,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            only("rw-------"))) {
                writeAll(channel, ByteBuffer.wrap(secret));
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            Folders.force(folder);
        } catch (IOException e) {
            throw StorageException.of("keeping a secret in " + folder, e);
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    private void destroy(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long size = Math.min(channel.size(), 1 << 20);
            writeAll(channel, ByteBuffer.allocate((int) size));
        }
        Files.delete(file);
        Folders.force(folder);
    }

    @Override
    public synchronized void destroy(String name) throws StorageException {
        try {
            destroy(file(name));
        } catch (IOException e) {
            throw StorageException.of("destroying a secret in " + folder, e);
        }
    }

    @Override
    public synchronized void destroyAll() throws StorageException {
        try {
            for (Path file : files()) {
                destroy(file);
            }
            if (Files.deleteIfExists(folder)) {
                Folders.force(all);
            }
        } catch (IOException e) {
            throw StorageException.of("destroying the secrets in " + folder, e);
        }
    }
}
