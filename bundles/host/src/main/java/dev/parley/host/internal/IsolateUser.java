package dev.parley.host.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * Who a child runs as, and how many threads the kernel may let it have.
 *
 * <p>The kernel counts the threads of one user in one user namespace together. So if we are root
 * every child gets a user number of its own, from a range that no convention gives to anybody; in a
 * user namespace of bwrap the count begins at nought. Where a child shares our own user the limit
 * must leave room for everything else of that user and is only a backstop: {@link Usage} counts its
 * threads as well.
 */
final class IsolateUser {
    static final long THREADS = 256;
    private static final long ROOM_FOR_OTHERS = 4096;
    private static final long FIRST = 0x7000_0000L;
    private static final int COUNT = 1 << 27;
    private static final long NOBODY = 65_534;

    private static final SecureRandom RANDOM = new SecureRandom();
    private final long ours;
    private final boolean ownNumbers;

    /**
     * @param ours our own user number
     */
    IsolateUser(long ours) {
        this.ours = ours;
        this.ownNumbers =
                root()
                        && covers(Path.of("/proc/self/uid_map"))
                        && covers(Path.of("/proc/self/gid_map"));
    }

    boolean root() {
        return ours == 0;
    }

    /**
     * @return the user for one child; 0 if it keeps ours
     */
    long next() {
        if (!root()) {
            return 0;
        }
        return ownNumbers ? FIRST + RANDOM.nextInt(COUNT) : NOBODY;
    }

    String words() {
        if (!root()) {
            return "this user";
        }
        return ownNumbers ? "a user number of its own" : "the user nobody";
    }

    /** What the limit on threads must be for a child of this user. */
    long threads(Tier tier, long uid) {
        if (root() ? uid != NOBODY : tier == Tier.BUBBLEWRAP) {
            return THREADS;
        }
        return running(root() ? uid : ours) + ROOM_FOR_OTHERS;
    }

    /** Whether the user namespace that we are in has the whole range. */
    private static boolean covers(Path map) {
        try {
            for (String line : Files.readAllLines(map)) {
                String[] words = line.strip().split("\\s+");
                long first = Long.parseLong(words[0]);
                if (first <= FIRST && FIRST + COUNT <= first + Long.parseLong(words[2])) {
                    return true;
                }
            }
        } catch (IOException | RuntimeException e) {
            return false; // then nobody it is
        }
        return false;
    }

    private static long running(long uid) {
        long threads = 0;
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                threads += threads(process, uid);
            }
        } catch (IOException e) {
            return threads; // what could be counted
        }
        return threads;
    }

    private static long threads(Path process, long uid) {
        try {
            if (((Number) Files.getAttribute(process, "unix:uid")).longValue() == uid) {
                for (String line : Files.readAllLines(process.resolve("status"))) {
                    if (line.startsWith("Threads:")) {
                        return Long.parseLong(line.substring(8).strip());
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            return 0; // it has just ended
        }
        return 0;
    }
}
