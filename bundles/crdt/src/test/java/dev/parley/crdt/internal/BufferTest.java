package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.SignedChange;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BufferTest {
    private static SignedChange change(int number, int bytes) {
        return new SignedChange(ByteBuffer.allocate(bytes).putInt(number).array(), new byte[0]);
    }

    private static Id id(int number) {
        return change(number, 8).id();
    }

    @Test
    void itKeepsSoManyAndForgetsTheOldest() {
        Buffer buffer = new Buffer();
        for (int i = 0; i < 3 * Buffer.MAX_CHANGES; i++) {
            buffer.add(id(i), change(i, 100), id(i));
        }
        assertThat(buffer.size()).isEqualTo(Buffer.MAX_CHANGES);
        assertThat(buffer.missing()).isEqualTo(Buffer.MAX_CHANGES);
        assertThat(buffer.release(id(0))).isEmpty();
        assertThat(buffer.release(id(3 * Buffer.MAX_CHANGES - 1))).hasSize(1);
    }

    @Test
    void itKeepsSoManyBytes() {
        Buffer buffer = new Buffer();
        for (int i = 0; i < 100; i++) {
            buffer.add(id(i), change(i, 1 << 20), id(i));
        }
        assertThat(buffer.bytes()).isEqualTo(Buffer.MAX_BYTES);
        assertThat(buffer.size()).isEqualTo(16);
    }

    @Test
    void whatWentLeavesNothingBehindAlsoIfAllWaitForOne() {
        Buffer buffer = new Buffer();
        Id missing = id(-1);
        for (int i = 0; i < 20 * Buffer.MAX_CHANGES; i++) {
            buffer.add(id(i), change(i, 8), missing);
        }
        assertThat(buffer.missing()).isEqualTo(1);
        assertThat(buffer.release(missing)).hasSize(Buffer.MAX_CHANGES);
        assertThat(buffer.size() + buffer.missing() + buffer.bytes()).isZero();
    }

    @Test
    void oneAuthorTakesNothingFromOthers() {
        Buffer buffer = new Buffer();
        buffer.add(id(1), change(1, 8), id(-1));
        for (int i = 2; i < 3 * Buffer.MAX_CHANGES; i++) {
            buffer.add(id(2), change(i, 8), id(-i));
        }
        assertThat(buffer.size()).isEqualTo(1 + Buffer.MAX_CHANGES / 8);
        assertThat(buffer.missing()).isEqualTo(buffer.size());
        assertThat(buffer.release(id(-1))).hasSize(1);
        for (int i = 0; i < 100; i++) {
            buffer.add(id(3), change(-i, 1 << 20), id(4));
        }
        assertThat(buffer.release(id(4))).hasSize(2);
        assertThat(buffer.size()).isEqualTo(Buffer.MAX_CHANGES / 8);
        buffer.drain();
        buffer.add(id(2), change(1, 8), id(-1));
        assertThat(buffer.size()).isEqualTo(1);
    }

    @Test
    void whatComesTwiceIsCountedOnce() {
        Buffer buffer = new Buffer();
        buffer.add(id(7), change(1, 8), id(1));
        buffer.add(id(7), change(1, 8), id(2));
        assertThat(buffer.bytes()).isEqualTo(8);
        assertThat(buffer.release(id(1))).isEmpty();
        assertThat(buffer.release(id(2))).hasSize(1);
        assertThat(buffer.bytes()).isZero();
    }
}
