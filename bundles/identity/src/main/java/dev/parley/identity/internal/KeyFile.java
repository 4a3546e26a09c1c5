package dev.parley.identity.internal;

import dev.parley.identity.api.KeyFileException;
import dev.parley.identity.api.KeyKind;
import dev.parley.identity.api.SecretKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;

/**
 * One key in one file: {@code "PARLEYK1" || kind || 64 bytes of seeds || SHA-256 of all that},
 * readable by its owner only. It is written to a temporary name, forced to disk and renamed, so
 * that a crash leaves the old file or the new one.
 */
final class KeyFile {
    private static final byte[] MAGIC = "PARLEYK1".getBytes(StandardCharsets.US_ASCII);
    private static final int BODY = MAGIC.length + 1 + SecretKey.SEED_BYTES;
    private static final int SIZE = BODY + 32;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private KeyFile() {}

    /** Reads the key, or makes one if there is no such file. */
    static SecretKey open(Path file, KeyKind kind) throws IOException, KeyFileException {
        if (Files.exists(file)) {
            return read(file, kind);
        }
        SecretKey key = SecretKey.generate(new SecureRandom());
        write(file, kind, key);
        return key;
    }

    private static SecretKey read(Path file, KeyKind kind) throws IOException, KeyFileException {
        if (posix(file)) {
            Set<PosixFilePermission> found = Files.getPosixFilePermissions(file);
            if (!OWNER_ONLY.containsAll(found)) {
                throw new KeyFileException(
                        "key file "
                                + file
                                + " can be used by others ("
                                + PosixFilePermissions.toString(found)
                                + "), expected rw-------. If nobody can have read it: chmod 600 it; else remove it,"
                                + " which gives this container a new identity");
            }
        }
        long size = Files.size(file);
        if (size != SIZE) {
            throw damaged(file, size + " bytes, expected " + SIZE);
        }
        byte[] bytes = Files.readAllBytes(file);
        byte[] body = Arrays.copyOf(bytes, BODY);
        if (!Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))
                || bytes[MAGIC.length] != kind.code()) {
            throw damaged(file, "it is no " + kind + " key");
        }
        if (!MessageDigest.isEqual(sha256(body), Arrays.copyOfRange(bytes, BODY, SIZE))) {
            throw damaged(file, "its check sum does not match");
        }
        return SecretKey.of(Arrays.copyOfRange(bytes, MAGIC.length + 1, BODY));
    }

    private static KeyFileException damaged(Path file, String found) {
        return new KeyFileException(
                "key file "
                        + file
                        + " is damaged: "
                        + found
                        + ". Restore it from a copy, or move it away, which"
                        + " gives this container a new identity");
    }

    private static void write(Path file, KeyKind kind, SecretKey key) throws IOException {
        ByteBuffer out =
                ByteBuffer.allocate(SIZE).put(MAGIC).put((byte) kind.code()).put(key.seeds());
        out.put(sha256(Arrays.copyOf(out.array(), BODY))).flip();
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("no folder for " + file);
        }
        Files.createDirectories(folder);
        Path temporary = folder.resolve(file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        if (posix(folder)) {
            Files.createFile(temporary, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } else {
            Files.createFile(temporary);
        }
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            while (out.hasRemaining()) {
                channel.write(out);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean posix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
