package dev.parley.host.internal;

import dev.parley.catalog.api.RefusedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether an archive is the same to a reader that goes through it from its beginning and to one
 * that looks entries up in its directory, as the two kinds of readers in the JDK do: the directory
 * ends the file, and the entries that it names fill the file before it, one right behind the other,
 * each with the name that the directory gives it.
 */
final class ZipLayout {
    private static final int LOCAL = 0x04034b50;
    private static final int DIRECTORY = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int DESCRIPTOR = 0x08074b50;
    private static final int SIZES_FOLLOW = 1 << 3;
    private static final int[] DESCRIPTOR_BYTES = {12, 16, 20, 24};

    /** One entry as the directory tells it. */
    private record Entry(
            byte[] name, int flags, int method, long crc, long packed, long size, long at) {}

    private final ByteBuffer in;
    private final byte[] bytes;

    private ZipLayout(byte[] bytes) {
        this.bytes = bytes;
        this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * @return the names of all entries
     */
    static Set<String> names(byte[] bytes) throws RefusedException {
        return new ZipLayout(bytes).names();
    }

    private int u16(int at) {
        return in.getShort(at) & 0xffff;
    }

    private long u32(int at) {
        return in.getInt(at) & 0xffffffffL;
    }

    private Set<String> names() throws RefusedException {
        int end = bytes.length - 22;
        if (end < 0 || in.getInt(end) != END || u16(end + 20) != 0) {
            throw BundleLint.archive("it does not end with its directory; something was appended");
        }
        long start = u32(end + 16);
        if (start + u32(end + 12) != end || in.getInt(0) != LOCAL) {
            throw BundleLint.archive(
                    "there is something before its entries or after its directory");
        }
        List<Entry> entries = directory((int) start, end, u16(end + 10));
        entries.sort(Comparator.comparingLong(Entry::at));
        int at = 0;
        for (int i = 0; i < entries.size(); i++) {
            long next = i + 1 < entries.size() ? entries.get(i + 1).at() : start;
            check(entries.get(i), at, next);
            at = (int) next;
        }
        Set<String> names = new HashSet<>();
        for (Entry entry : entries) {
            if (!names.add(new String(entry.name(), StandardCharsets.UTF_8))) {
                throw BundleLint.archive("its directory names an entry twice");
            }
        }
        return names;
    }

    private List<Entry> directory(int start, int end, int count) throws RefusedException {
        List<Entry> entries = new ArrayList<>();
        int at = start;
        for (int i = 0; i < count; i++) {
            if (at + 46 > end
                    || in.getInt(at) != DIRECTORY
                    || at + 46 + u16(at + 28) > end
                    || u32(at + 42) >= start) {
                throw BundleLint.archive("its directory is damaged");
            }
            int name = u16(at + 28);
            entries.add(
                    new Entry(
                            Arrays.copyOfRange(bytes, at + 46, at + 46 + name),
                            u16(at + 8),
                            u16(at + 10),
                            u32(at + 16),
                            u32(at + 20),
                            u32(at + 24),
                            u32(at + 42)));
            at += 46 + name + u16(at + 30) + u16(at + 32);
        }
        if (at != end) {
            throw BundleLint.archive("its directory has a gap");
        }
        return entries;
    }

    private void check(Entry entry, int at, long next) throws RefusedException {
        int header = at + 30;
        if (entry.at() != at || header > next || in.getInt(at) != LOCAL) {
            throw different(entry);
        }
        int nameEnd = header + u16(at + 26);
        long content = nameEnd + (long) u16(at + 28);
        if (content + entry.packed() > next
                || !Arrays.equals(entry.name(), Arrays.copyOfRange(bytes, header, nameEnd))
                || u16(at + 6) != entry.flags()
                || u16(at + 8) != entry.method()) {
            throw different(entry);
        }
        int after = (int) (content + entry.packed());
        int left = (int) (next - after);
        boolean follows = (entry.flags() & SIZES_FOLLOW) != 0;
        boolean whole =
                follows
                        ? Arrays.stream(DESCRIPTOR_BYTES).anyMatch(it -> it == left)
                                && u32(after + (in.getInt(after) == DESCRIPTOR ? 4 : 0))
                                        == entry.crc()
                        : left == 0
                                && u32(at + 14) == entry.crc()
                                && u32(at + 18) == entry.packed()
                                && u32(at + 22) == entry.size();
        if (!whole) {
            throw different(entry);
        }
    }

    private static RefusedException different(Entry entry) {
        return BundleLint.archive(
                "the entry '"
                        + new String(entry.name(), StandardCharsets.UTF_8)
                        + "' is not where or what its directory says");
    }
}
