package dev.parley.groups.internal.format;

import dev.parley.storage.api.Hash;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;

/** What gossip carries of a group, and pulls bring (0013, "On the wire"). Arrays are shared. */
public sealed interface Item {
    /** Longer ones are announced by a {@link Head} and fetched. */
    int MAX_GOSSIP_BYTES = 60_000;

    int MAX_BYTES = 1 << 20;

    /** The epoch that its author was in. */
    Hash epoch();

    /**
     * @param epoch the parent
     */
    record Commit(Hash epoch, byte[] message) implements Item {}

    record Message(Hash epoch, byte[] message) implements Item {}

    record Head(Hash epoch, long number) implements Item {}

    default byte[] encode() {
        ByteWriter out = new ByteWriter(128);
        if (this instanceof Commit it) {
            out.u8(1).bytes(it.epoch().bytes()).bytes(it.message());
        } else if (this instanceof Message it) {
            out.u8(2).bytes(it.epoch().bytes()).bytes(it.message());
        } else if (this instanceof Head it) {
            out.u8(3).bytes(it.epoch().bytes()).i64(it.number());
        }
        return out.toByteArray();
    }

    static Item decode(byte[] bytes) throws MalformedException {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedException(
                    Reason.TOO_LONG,
                    "group item: " + bytes.length + " bytes, at most " + MAX_BYTES);
        }
        ByteReader in = new ByteReader(bytes, "group item");
        int kind = in.u8();
        Hash epoch = Hash.of(in.bytes(Hash.BYTES));
        Item item =
                switch (kind) {
                    case 1 -> new Commit(epoch, message(in));
                    case 2 -> new Message(epoch, message(in));
                    case 3 -> new Head(epoch, number(in));
                    default ->
                            throw new MalformedException(
                                    Reason.UNSUPPORTED,
                                    "group item: kind " + kind + ", expected 1 to 3");
                };
        in.end();
        return item;
    }

    private static byte[] message(ByteReader in) throws MalformedException {
        byte[] message = in.rest();
        if (message.length == 0) {
            throw new MalformedException(Reason.BAD_VALUE, "group item: no message");
        }
        return message;
    }

    private static long number(ByteReader in) throws MalformedException {
        long number = in.i64();
        if (number < 0) {
            throw new MalformedException(Reason.BAD_VALUE, "group item: epoch " + number);
        }
        return number;
    }
}
