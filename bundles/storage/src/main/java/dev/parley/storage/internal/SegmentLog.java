package dev.parley.storage.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The truth on disk: records appended to numbered segment files.
 *
 * <p>A record is {@code u32 length || u32 CRC32C of the body || body}. Opening scans the segments
 * and cuts the last one off at its first record that is not whole, which is what a crash leaves
 * behind; if whole ones come after it, it is no torn tail but damage, and the rest is kept aside. A
 * damaged record in an older segment is reported, not skipped. Appends are ordered; {@link #force}
 * returns once everything up to a position is on disk, and one thread's flush serves all that wait.
 */
final class SegmentLog implements Closeable {
    static final int MAX_RECORD = (8 << 20) + 8192;
    private static final long SEARCH_BYTES = 1L << 30;
    private static final long SEGMENT_BYTES = 16L << 20;
    private static final int HEADER = 8;

    interface Reader {
        void record(long place, byte[] body) throws IOException;

        /** There is damage, and these came after it; they are about to be cut off. */
        default void damaged(List<byte[]> after) throws IOException {}
    }

    private final Path dir;
    private final Object flushLock = new Object();
    private final Map<Long, FileChannel> readers = new ConcurrentHashMap<>();
    private volatile FileChannel channel;
    private long segment;
    private volatile long appended;
    private long lastPlace;
    private long flushed;
    private boolean flushing;
    private @Nullable IOException broken;

    /** For tests; others {@link #open}. */
    SegmentLog(Path dir, long segment, FileChannel channel) {
        this.dir = dir;
        this.segment = segment;
        this.channel = channel;
    }

    /** Opens the log and hands every whole record and its place to the reader, oldest first. */
    static SegmentLog open(Path dir, Reader reader) throws IOException {
        Files.createDirectories(dir);
        List<Path> segments = segments(dir);
        for (int i = 0; i < segments.size(); i++) {
            scan(segments.get(i), i == segments.size() - 1, reader);
        }
        long number = segments.isEmpty() ? 1 : number(segments.get(segments.size() - 1));
        return new SegmentLog(dir, number, appendTo(file(dir, number)));
    }

    private static FileChannel appendTo(Path file) throws IOException {
        boolean made = !Files.exists(file);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (made) {
            Folders.force(file.resolveSibling("."));
        }
        channel.position(channel.size());
        return channel;
    }

    private static List<Path> segments(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9]{12}\\.seg"))
                    .sorted()
                    .toList();
        }
    }

    private static Path file(Path dir, long number) {
        return dir.resolve(String.format("%012d.seg", number));
    }

    private static long number(Path file) {
        return Long.parseLong(file.getFileName().toString().substring(0, 12));
    }

    private static void scan(Path file, boolean last, Reader reader) throws IOException {
        try (FileChannel in =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = in.size();
            long at = 0;
            ByteBuffer header = ByteBuffer.allocate(HEADER);
            while (at < size) {
                byte[] body = readRecord(in, at, size, header);
                if (body.length == 0) {
                    if (!last) {
                        throw new IOException(
                                "damaged record in "
                                        + file
                                        + " at byte "
                                        + at
                                        + "; restore the folder from a copy");
                    }
                    Optional<List<byte[]>> after = wholeAfter(in, at, size);
                    if (after.isPresent()) {
                        reader.damaged(after.get());
                        keepAside(file, in, at, size);
                    }
                    in.truncate(at);
                    in.force(true);
                    return;
                }
                reader.record(place(number(file), at), body);
                at += HEADER + body.length;
            }
        }
    }

    /**
     * A torn tail has nothing whole after the tear; damage in the middle has. Where looking would
     * cost too much it is taken for damage: then nothing is lost.
     *
     * @return nothing if it is a torn tail
     */
    private static Optional<List<byte[]>> wholeAfter(FileChannel in, long damaged, long size)
            throws IOException {
        byte[] rest = new byte[(int) Math.min(size - damaged, SEGMENT_BYTES + MAX_RECORD)];
        read(in, ByteBuffer.wrap(rest), damaged);
        ByteBuffer at = ByteBuffer.wrap(rest);
        CRC32C crc = new CRC32C();
        long budget = SEARCH_BYTES;
        List<byte[]> whole = new ArrayList<>();
        int i = 1;
        while (i + HEADER < rest.length) {
            int length = at.getInt(i);
            if (length >= 1 && length <= MAX_RECORD && length <= rest.length - i - HEADER) {
                budget -= length;
                if (budget < 0) {
                    return Optional.of(whole);
                }
                crc.reset();
                crc.update(rest, i + HEADER, length);
                if ((int) crc.getValue() == at.getInt(i + 4)) {
                    whole.add(Arrays.copyOfRange(rest, i + HEADER, i + HEADER + length));
                    i += HEADER + length;
                    continue;
                }
            }
            i++;
        }
        return whole.isEmpty() ? Optional.empty() : Optional.of(whole);
    }

    private static void keepAside(Path file, FileChannel in, long from, long size)
            throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + "." + from + ".damaged");
        try (FileChannel out =
                FileChannel.open(
                        aside,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            for (long at = from; at < size; ) {
                at += in.transferTo(at, size - at, out);
            }
            out.force(true);
        }
        System.getLogger(SegmentLog.class.getName())
                .log(
                        System.Logger.Level.ERROR,
                        "{0} is damaged at byte {1}; what came after is not read, and kept in {2}",
                        file,
                        from,
                        aside);
    }

    /**
     * @return the body, or nothing if there is no whole record here
     */
    private static byte[] readRecord(FileChannel in, long at, long size, ByteBuffer header)
            throws IOException {
        byte[] none = new byte[0];
        if (size - at < HEADER) {
            return none;
        }
        read(in, header.clear(), at);
        int length = header.getInt(0);
        if (length < 1 || length > MAX_RECORD || length > size - at - HEADER) {
            return none;
        }
        byte[] body = new byte[length];
        read(in, ByteBuffer.wrap(body), at + HEADER);
        return crc(body) == header.getInt(4) ? body : none;
    }

    private static void read(FileChannel in, ByteBuffer into, long at) throws IOException {
        while (into.hasRemaining()) {
            int count = in.read(into, at);
            if (count < 0) {
                throw new IOException("the file became shorter while it was read");
            }
            at += count;
        }
    }

    private static int crc(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return (int) crc.getValue();
    }

    /**
     * Appends a record; on failure the file is as it was. Call with one's own ordering lock held.
     */
    long append(byte[] body) throws IOException {
        if (channel.position() > SEGMENT_BYTES) {
            force(appended);
            FileChannel next = appendTo(file(dir, segment + 1));
            channel.close();
            segment++;
            channel = next;
        }
        long start = channel.position();
        ByteBuffer out =
                ByteBuffer.allocate(HEADER + body.length)
                        .putInt(body.length)
                        .putInt(crc(body))
                        .put(body)
                        .flip();
        try {
            while (out.hasRemaining()) {
                channel.write(out);
            }
        } catch (IOException e) {
            channel.truncate(start);
            throw e;
        }
        lastPlace = place(segment, start);
        long position = appended + 1;
        appended = position;
        return position;
    }

    /** Where the record is that was appended last; call it under the lock of that append. */
    long place() {
        return lastPlace;
    }

    /** How many records were appended since it was opened. */
    long appended() {
        return appended;
    }

    private static long place(long segment, long at) {
        return segment << 32 | at;
    }

    /** Reads a record by its place; any thread may. */
    byte[] read(long place) throws IOException {
        long number = place >>> 32;
        long at = place & 0xffffffffL;
        FileChannel in = readers.get(number);
        if (in == null) {
            in = FileChannel.open(file(dir, number), StandardOpenOption.READ);
            FileChannel other = readers.putIfAbsent(number, in);
            if (other != null) {
                in.close();
                in = other;
            }
        }
        byte[] body = readRecord(in, at, in.size(), ByteBuffer.allocate(HEADER));
        if (body.length == 0) {
            throw new IOException("no whole record in segment " + number + " at byte " + at);
        }
        return body;
    }

    /**
     * Waits until the first {@code position} appended records are on disk. After a failure it fails
     * for ever: the system may have dropped what it could not write, and would say yes the next
     * time.
     */
    void force(long position) throws IOException {
        long target;
        FileChannel current;
        synchronized (flushLock) {
            while (flushed < position && flushing) {
                try {
                    flushLock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted while waiting for the disk");
                }
            }
            if (flushed >= position) {
                return;
            }
            if (broken != null) {
                throw new IOException("an earlier flush failed: " + broken.getMessage(), broken);
            }
            flushing = true;
            target = appended;
            current = channel;
        }
        boolean done = false;
        try {
            current.force(false);
            done = true;
        } catch (IOException e) {
            synchronized (flushLock) {
                broken = e;
            }
            throw e;
        } finally {
            synchronized (flushLock) {
                flushing = false;
                if (done) {
                    flushed = Math.max(flushed, target);
                }
                flushLock.notifyAll();
            }
        }
    }

    /**
     * Replaces all segments by one that holds just these records; a crash leaves the old ones or
     * the new one.
     */
    void rewrite(Iterable<byte[]> records) throws IOException {
        List<Path> old = segments(dir);
        Path next = file(dir, segment + 1);
        Path temporary = dir.resolve("rewrite.tmp");
        try (FileChannel out =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            for (byte[] body : records) {
                ByteBuffer record =
                        ByteBuffer.allocate(HEADER + body.length)
                                .putInt(body.length)
                                .putInt(crc(body))
                                .put(body)
                                .flip();
                while (record.hasRemaining()) {
                    out.write(record);
                }
            }
            out.force(true);
        }
        channel.close();
        Files.move(temporary, next, StandardCopyOption.ATOMIC_MOVE);
        Folders.force(dir);
        for (Path file : old) {
            Files.delete(file);
        }
        segment++;
        channel = appendTo(next);
    }

    long size() throws IOException {
        long size = 0;
        for (Path file : segments(dir)) {
            size += Files.size(file);
        }
        return size;
    }

    @Override
    public void close() throws IOException {
        try {
            force(appended);
        } finally {
            channel.close();
            for (FileChannel reader : readers.values()) {
                reader.close();
            }
            readers.clear();
        }
    }
}
