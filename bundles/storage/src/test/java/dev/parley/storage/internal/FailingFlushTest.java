package dev.parley.storage.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A system that fails one flush drops what it could not write, and says yes to the next. */
class FailingFlushTest {
    @TempDir private Path dir;

    /** Fails to flush the first time only, as Linux does. */
    private static final class FailingOnce extends FileChannel {
        private final FileChannel file;
        private boolean failed;

        FailingOnce(FileChannel file) {
            this.file = file;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            if (!failed) {
                failed = true;
                throw new IOException("Input/output error");
            }
            file.force(metaData);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return file.write(from);
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }

        private static UnsupportedOperationException unused() {
            return new UnsupportedOperationException();
        }

        @Override
        public int read(ByteBuffer into) {
            throw unused();
        }

        @Override
        public long read(ByteBuffer[] into, int offset, int length) {
            throw unused();
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) {
            throw unused();
        }

        @Override
        public FileChannel position(long next) {
            throw unused();
        }

        @Override
        public long size() {
            throw unused();
        }

        @Override
        public FileChannel truncate(long size) {
            throw unused();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) {
            throw unused();
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) {
            throw unused();
        }

        @Override
        public int read(ByteBuffer into, long position) {
            throw unused();
        }

        @Override
        public int write(ByteBuffer from, long position) {
            throw unused();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw unused();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) {
            throw unused();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) {
            throw unused();
        }
    }

    @Test
    void whatAFlushFailedForIsNeverSaidToBeOnDisk() throws Exception {
        FailingOnce file =
                new FailingOnce(
                        FileChannel.open(
                                dir.resolve("000000000001.seg"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE));
        SegmentLog log = new SegmentLog(dir, 1, file);
        long position = log.append(new byte[10]);
        assertThatThrownBy(() -> log.force(position)).hasMessage("Input/output error");
        assertThatThrownBy(() -> log.force(position)).hasMessageContaining("an earlier flush");
        assertThatThrownBy(log::close).hasMessageContaining("an earlier flush");
        assertThat(file.isOpen()).isFalse();
    }
}
