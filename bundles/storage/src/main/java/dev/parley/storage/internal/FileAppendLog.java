package dev.parley.storage.internal;

import dev.parley.storage.api.AppendLog;
import dev.parley.storage.api.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** An {@link AppendLog} on a {@link SegmentLog}. */
class FileAppendLog implements AppendLog {
    private final Path dir;
    private final SegmentLog log;

    FileAppendLog(Path dir, Reader reader) throws StorageException {
        this.dir = dir;
        try {
            this.log =
                    SegmentLog.open(
                            dir,
                            new SegmentLog.Reader() {
                                @Override
                                public void record(long place, byte[] body) throws IOException {
                                    try {
                                        reader.record(place, body);
                                    } catch (StorageException e) {
                                        throw new IOException(e.getMessage(), e);
                                    }
                                }

                                @Override
                                public void damaged(List<byte[]> after) throws IOException {
                                    try {
                                        reader.damaged(after);
                                    } catch (StorageException e) {
                                        throw new IOException(e.getMessage(), e);
                                    }
                                }
                            });
        } catch (IOException e) {
            throw StorageException.of("opening " + dir, e);
        }
    }

    @Override
    public long append(byte[] record) throws StorageException {
        if (record.length < 1 || record.length > MAX_RECORD_BYTES) {
            throw new StorageException(
                    StorageException.Reason.TOO_LONG,
                    "a record of " + record.length + " bytes, expected 1 to " + MAX_RECORD_BYTES);
        }
        try {
            synchronized (this) {
                log.append(record);
                return log.place();
            }
        } catch (IOException e) {
            throw StorageException.of("writing to " + dir, e);
        }
    }

    @Override
    public byte[] read(long place) throws StorageException {
        try {
            return log.read(place);
        } catch (IOException e) {
            throw StorageException.of("reading from " + dir, e);
        }
    }

    @Override
    public void force() throws StorageException {
        try {
            log.force(log.appended());
        } catch (IOException e) {
            throw StorageException.of("writing to " + dir, e);
        }
    }

    @Override
    public void close() throws StorageException {
        try {
            synchronized (this) {
                log.close();
            }
        } catch (IOException e) {
            throw StorageException.of("closing " + dir, e);
        }
    }
}
