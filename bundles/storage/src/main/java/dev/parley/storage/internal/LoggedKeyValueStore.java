package dev.parley.storage.internal;

import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.StorageException;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * A key-value store whose truth is a {@link SegmentLog}. The MVStore map is its index, held off the
 * log and rebuilt from it at every opening, so a lost or stale index loses nothing. A log of more
 * than twice its live content is rewritten at opening.
 */
final class LoggedKeyValueStore implements KeyValueStore, Closeable {
    private static final int PUT = 1;
    private static final int DELETE = 2;
    private static final long REWRITE_ABOVE = 4L << 20;

    private final MVStore index;
    private final MVMap<String, byte[]> values;
    private final SegmentLog log;

    LoggedKeyValueStore(Path dir) throws IOException {
        this.index = new MVStore.Builder().open();
        this.values = index.openMap("values");
        this.log = SegmentLog.open(dir, this::apply);
        long live = 0;
        for (Map.Entry<String, byte[]> entry : values.entrySet()) {
            live += entry.getKey().length() + entry.getValue().length + 24L;
        }
        long size = log.size();
        if (size > REWRITE_ABOVE && size > 2 * live) {
            log.rewrite(
                    () -> {
                        Iterator<Map.Entry<String, byte[]>> entries = values.entrySet().iterator();
                        return new Iterator<>() {
                            @Override
                            public boolean hasNext() {
                                return entries.hasNext();
                            }

                            @Override
                            public byte[] next() {
                                Map.Entry<String, byte[]> entry = entries.next();
                                return record(PUT, entry.getKey(), entry.getValue());
                            }
                        };
                    });
        }
    }

    private static byte[] record(int kind, String key, byte[] value) {
        return new ByteWriter(value.length + key.length() + 16)
                .u8(kind)
                .text(key)
                .bytes(value)
                .toByteArray();
    }

    private void apply(long place, byte[] body) throws IOException {
        try {
            ByteReader in = new ByteReader(body, "key-value record");
            int kind = in.u8();
            String key = in.text(4 * MAX_KEY_CHARS, "key");
            if (kind == PUT) {
                values.put(key, in.rest());
            } else {
                values.remove(key);
            }
        } catch (MalformedException e) {
            throw new IOException(
                    "a record with a right check sum and no meaning: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<byte[]> get(String key) {
        return Optional.ofNullable(values.get(key)).map(byte[]::clone);
    }

    @Override
    public void put(String key, byte[] value) throws StorageException {
        if (key.length() > MAX_KEY_CHARS || value.length > MAX_VALUE_BYTES) {
            throw new StorageException(
                    StorageException.Reason.TOO_LONG,
                    "key of "
                            + key.length()
                            + " characters and value of "
                            + value.length
                            + " bytes, at most "
                            + MAX_KEY_CHARS
                            + " and "
                            + MAX_VALUE_BYTES);
        }
        write(PUT, key, value.clone());
    }

    @Override
    public void delete(String key) throws StorageException {
        write(DELETE, key, new byte[0]);
    }

    private void write(int kind, String key, byte[] value) throws StorageException {
        try {
            long position;
            synchronized (this) {
                position = log.append(record(kind, key, value));
                if (kind == PUT) {
                    values.put(key, value);
                } else {
                    values.remove(key);
                }
            }
            log.force(position);
        } catch (IOException e) {
            throw StorageException.of("writing " + key, e);
        }
    }

    @Override
    public List<String> keys(String prefix) {
        List<String> keys = new ArrayList<>();
        Iterator<String> from = values.keyIterator(prefix);
        while (from.hasNext()) {
            String key = from.next();
            if (!key.startsWith(prefix)) {
                break;
            }
            keys.add(key);
        }
        return keys;
    }

    @Override
    public synchronized void close() throws IOException {
        log.close();
        index.close();
    }
}
