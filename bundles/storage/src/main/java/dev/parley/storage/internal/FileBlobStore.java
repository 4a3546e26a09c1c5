package dev.parley.storage.internal;

import dev.parley.storage.api.BlobStore;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.PartialBlob;
import dev.parley.storage.api.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Blobs as files: {@code blobs/ab/abcdef…}, unfinished ones as {@code partial/abcdef…} with a
 * bitmap beside.
 */
final class FileBlobStore implements BlobStore {
    private final Path blobs;
    private final Path partials;

    FileBlobStore(Path dir) throws IOException {
        this.blobs = Files.createDirectories(dir.resolve("blobs"));
        this.partials = Files.createDirectories(dir.resolve("partial"));
    }

    private Path file(Hash hash) {
        return blobs.resolve(hash.hex().substring(0, 2)).resolve(hash.hex());
    }

    @Override
    public Hash put(byte[] content) throws StorageException {
        Hash hash = Hash.sha256(content);
        if (path(hash).isPresent()) {
            return hash;
        }
        try {
            Path temporary = Files.createTempFile(partials, "put-", ".tmp");
            try {
                try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                    ByteBuffer bytes = ByteBuffer.wrap(content);
                    while (bytes.hasRemaining()) {
                        out.write(bytes);
                    }
                    out.force(true);
                }
                adopt(temporary, hash);
            } finally {
                Files.deleteIfExists(temporary);
            }
            return hash;
        } catch (IOException e) {
            throw StorageException.of("storing a blob of " + content.length + " bytes", e);
        }
    }

    /** Makes a finished file a blob. */
    Path adopt(Path temporary, Hash hash) throws IOException {
        Path file = file(hash);
        Path folder = Files.createDirectories(blobs.resolve(hash.hex().substring(0, 2)));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        Folders.force(folder);
        Folders.force(blobs);
        return file;
    }

    @Override
    public Optional<Path> path(Hash hash) {
        return Optional.of(file(hash)).filter(Files::isRegularFile);
    }

    @Override
    public void delete(Hash hash) throws StorageException {
        try {
            Files.deleteIfExists(file(hash));
        } catch (IOException e) {
            throw StorageException.of("removing blob " + hash, e);
        }
    }

    @Override
    public PartialBlob partial(Hash hash, long size) throws StorageException {
        try {
            return new FilePartialBlob(this, partials.resolve(hash.hex()), hash, size);
        } catch (IOException e) {
            throw StorageException.of("opening blob " + hash, e);
        }
    }
}
