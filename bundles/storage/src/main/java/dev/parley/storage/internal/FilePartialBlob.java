package dev.parley.storage.internal;

import dev.parley.storage.api.Hash;
import dev.parley.storage.api.PartialBlob;
import dev.parley.storage.api.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A partial blob with its bitmap in a second file. The bitmap is written when the blob is closed;
 * after a crash the chunks since then are fetched again, and a wrong bitmap is found out by the
 * hash of the whole.
 */
final class FilePartialBlob implements PartialBlob {
    private final FileBlobStore store;
    private final Path file;
    private final Path bitmap;
    private final Hash hash;
    private final long size;
    private final FileChannel channel;
    private final BitSet present;

    FilePartialBlob(FileBlobStore store, Path file, Hash hash, long size) throws IOException {
        this.store = store;
        this.file = file;
        this.bitmap = file.resolveSibling(file.getFileName() + ".map");
        this.hash = hash;
        this.size = size;
        this.channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        this.present =
                Files.exists(bitmap) ? BitSet.valueOf(Files.readAllBytes(bitmap)) : new BitSet();
        present.clear(chunks(), Math.max(chunks(), present.length()));
        Files.deleteIfExists(bitmap);
    }

    private int chunks() {
        return (int) ((size + CHUNK_BYTES - 1) / CHUNK_BYTES);
    }

    @Override
    public BitSet present() {
        return (BitSet) present.clone();
    }

    @Override
    public void write(int chunk, byte[] content) throws StorageException {
        long at = (long) chunk * CHUNK_BYTES;
        if (chunk < 0 || chunk >= chunks() || content.length != Math.min(CHUNK_BYTES, size - at)) {
            throw new IllegalArgumentException(
                    "chunk " + chunk + " with " + content.length + " bytes");
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
            present.set(chunk);
        } catch (IOException e) {
            throw StorageException.of("writing chunk " + chunk + " of " + hash, e);
        }
    }

    @Override
    public Path commit() throws StorageException {
        try {
            if (channel.size() != size || !Arrays.equals(sha256(), hash.bytes())) {
                discard();
                throw new StorageException(
                        StorageException.Reason.HASH_MISMATCH,
                        "the content is not the blob "
                                + hash
                                + " of "
                                + size
                                + " bytes; it was removed");
            }
            channel.force(true);
            channel.close();
            Files.deleteIfExists(bitmap);
            return store.adopt(file, hash);
        } catch (IOException e) {
            StorageException failure = StorageException.of("finishing blob " + hash, e);
            if (failure.reason() == StorageException.Reason.DISK_FULL) {
                discard();
            } else {
                close();
            }
            throw failure;
        }
    }

    private byte[] sha256() throws IOException {
        MessageDigest digest = Hash.newSha256();
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES);
        for (long at = 0; at < size; ) {
            int count = channel.read(buffer.clear(), at);
            if (count < 0) {
                break;
            }
            digest.update(buffer.flip());
            at += count;
        }
        return digest.digest();
    }

    @Override
    public void discard() throws StorageException {
        try {
            channel.close();
            Files.deleteIfExists(file);
            Files.deleteIfExists(bitmap);
        } catch (IOException e) {
            throw StorageException.of("removing unfinished blob " + hash, e);
        }
    }

    @Override
    public void close() throws StorageException {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.force(true);
            channel.close();
            Files.write(bitmap, present.toByteArray());
        } catch (IOException e) {
            throw StorageException.of("keeping unfinished blob " + hash, e);
        }
    }
}
