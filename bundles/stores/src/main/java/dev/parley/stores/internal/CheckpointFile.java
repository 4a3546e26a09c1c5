package dev.parley.stores.internal;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.List;

/**
 * A checkpoint with all that somebody needs who has nothing below it, on disk and on the wire
 * ({@code docs/protocols/0011-store-sync}, Compaction).
 *
 * @param keys of the authors below the cut
 * @param snapshot packed
 */
record CheckpointFile(
        Checkpoint checkpoint, List<Seal> approvals, List<PublicKey> keys, byte[] snapshot) {
    static final String CONTEXT = "parley.checkpoint.v1";
    static final int MAX_BYTES = 256 << 20;
    static final int MAX_CHECKPOINT_BYTES = 131_200;
    static final int MAX_APPROVALS = 32;
    private static final int MAX_KEYS = 65_536;
    private static final int VERSION = 1;

    /** Without what is only needed to begin with it. */
    CheckpointFile approval() {
        return new CheckpointFile(checkpoint, approvals, List.of(), new byte[0]);
    }

    byte[] encode() {
        ByteWriter out = new ByteWriter(snapshot.length + PublicKey.BYTES * keys.size() + 1024);
        out.u8(VERSION).block(checkpoint.encode());
        write(out, approvals);
        out.varint(keys.size());
        keys.forEach(key -> out.bytes(key.encode()));
        return out.bytes(snapshot).toByteArray();
    }

    static void write(ByteWriter out, List<Seal> approvals) {
        out.varint(approvals.size());
        approvals.forEach(seal -> seal.write(out));
    }

    static CheckpointFile decode(byte[] bytes) throws MalformedException {
        ByteReader in = new ByteReader(bytes, "checkpoint file");
        if (in.u8() != VERSION) {
            throw malformed("another version than 1");
        }
        Checkpoint checkpoint = checkpoint(in);
        List<Seal> approvals = approvals(in);
        long count = in.varint();
        if (count > MAX_KEYS || count * PublicKey.BYTES > in.remaining()) {
            throw malformed(count + " keys in " + in.remaining() + " bytes");
        }
        List<PublicKey> keys = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            keys.add(PublicKey.decode(in.bytes(PublicKey.BYTES)));
        }
        return new CheckpointFile(checkpoint, approvals, keys, in.rest());
    }

    static Checkpoint checkpoint(ByteReader in) throws MalformedException {
        try {
            return Checkpoint.decode(in.block(MAX_CHECKPOINT_BYTES, "checkpoint"));
        } catch (dev.parley.crdt.api.MalformedException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    static List<Seal> approvals(ByteReader in) throws MalformedException {
        long count = in.varint();
        if (count < 1 || count > MAX_APPROVALS) {
            throw malformed(count + " approvals, expected 1 to " + MAX_APPROVALS);
        }
        List<Seal> approvals = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            approvals.add(Seal.read(in));
        }
        return List.copyOf(approvals);
    }

    private static MalformedException malformed(String what) {
        return new MalformedException(
                MalformedException.Reason.BAD_VALUE, "checkpoint file: " + what);
    }

    /** Those that hold, one of each agent. Takes up to a millisecond for each. */
    static List<Seal> holding(Checkpoint checkpoint, List<Seal> approvals, NetworkId network) {
        List<Seal> holding = new ArrayList<>();
        byte[] signed = checkpoint.id().bytes();
        for (Seal seal : approvals) {
            boolean isNew = holding.stream().noneMatch(it -> it.agent().equals(seal.agent()));
            if (isNew && seal.isOf(CONTEXT, signed, network)) {
                holding.add(seal);
            }
        }
        return List.copyOf(holding);
    }
}
