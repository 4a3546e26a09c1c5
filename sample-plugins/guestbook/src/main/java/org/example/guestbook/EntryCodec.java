package org.example.guestbook;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.UUID;

/** An entry as four lines of UTF-8: id, time, name, message. Others may send anything. */
final class EntryCodec {
    private static final int MAX_BYTES = 2048;
    private static final int MAX_NAME_CHARS = 60;
    private static final int MAX_MESSAGE_CHARS = 400;

    private EntryCodec() {}

    static byte[] encode(UUID id, Guestbook.Entry entry) {
        check(entry);
        return String.join("\n", id.toString(), entry.time(), entry.name(), entry.message())
                .getBytes(StandardCharsets.UTF_8);
    }

    static Guestbook.Entry decode(byte[] bytes) {
        String[] lines = lines(bytes);
        Guestbook.Entry entry = new Guestbook.Entry(lines[1], lines[2], lines[3]);
        check(entry);
        return entry;
    }

    /** Sorts by time. */
    static String key(byte[] bytes, Instant latest) {
        decode(bytes);
        String[] lines = lines(bytes);
        try {
            Instant time = Instant.parse(lines[1]);
            if (time.isBefore(Instant.EPOCH) || time.isAfter(latest)) {
                throw new IllegalArgumentException("its time is " + time + ", now it is " + latest);
            }
            return "entry/" + "%013d".formatted(time.toEpochMilli()) + "-" + UUID.fromString(lines[0]);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + lines[1] + "' is no time", e);
        }
    }

    private static String[] lines(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(bytes.length + " bytes, at most " + MAX_BYTES);
        }
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        if (lines.length != 4) {
            throw new IllegalArgumentException(lines.length + " lines, expected 4");
        }
        return lines;
    }

    private static void check(Guestbook.Entry entry) {
        line("name", entry.name(), MAX_NAME_CHARS);
        line("message", entry.message(), MAX_MESSAGE_CHARS);
    }

    private static void line(String what, String text, int max) {
        if (text.isBlank() || text.length() > max || text.indexOf('\n') >= 0) {
            throw new IllegalArgumentException(
                    "the " + what + " has " + text.length() + " characters, expected one line of 1 to " + max);
        }
    }
}
