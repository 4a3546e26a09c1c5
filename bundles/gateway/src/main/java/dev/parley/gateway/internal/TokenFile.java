package dev.parley.gateway.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/**
 * The bearer token: 32 random bytes in a file that only the owner can read. Never prints itself.
 */
final class TokenFile {
    private static final System.Logger LOG = System.getLogger(TokenFile.class.getName());
    private static final int CHARS = 43;

    private final byte[] token;

    private TokenFile(String token) {
        this.token = token.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads the file, or makes a new token if there is none or others could have read it. */
    static TokenFile open(Path file) throws IOException {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) <= CHARS + 2
                && ownersOnly(file)) {
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (text.length() == CHARS) {
                return new TokenFile(text);
            }
        }
        if (Files.exists(file)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} is damaged or readable by others; it was replaced by a new token",
                    file);
        }
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        write(file, text + "\n");
        return new TokenFile(text);
    }

    private static boolean ownersOnly(Path file) throws IOException {
        return !posix(file)
                || Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)
                        .containsAll(Files.getPosixFilePermissions(file));
    }

    private static boolean posix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** Writes a file of mode 0600 in one step. */
    static void write(Path file, String text) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        if (posix(file)) {
            Files.createFile(
                    next,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(
                next,
                text,
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Compares in constant time. */
    boolean matches(String offered) {
        return MessageDigest.isEqual(token, offered.getBytes(StandardCharsets.UTF_8));
    }
}
