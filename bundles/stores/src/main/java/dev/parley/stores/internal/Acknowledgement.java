package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.NetworkId;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What an agent has of a store on its disk, and builds on from now on ({@code
 * docs/protocols/0011-store-sync}, Compaction).
 *
 * @param number of several of one agent the highest counts
 * @param heads the last changes of the main line, ascending
 */
record Acknowledgement(Id store, long number, List<Id> heads, Seal seal) {
    static final String CONTEXT = "parley.store.ack.v1";
    static final int MAX_HEADS = 64;
    static final int MAX_BYTES = 96 + MAX_HEADS * Id.BYTES + Seal.BYTES;
    private static final int VERSION = 1;

    static Acknowledgement make(Identity identity, Id store, long number, List<Id> heads) {
        List<Id> sorted = heads.stream().sorted().toList();
        Id agent = Id.of(identity.agent().bytes());
        byte[] signed = signed(store, agent, number, sorted);
        return new Acknowledgement(store, number, sorted, Seal.of(identity, CONTEXT, signed));
    }

    Id agent() {
        return seal.agent();
    }

    private static byte[] signed(Id store, Id agent, long number, List<Id> heads) {
        ByteWriter out = new ByteWriter(96 + Id.BYTES * heads.size());
        out.u8(VERSION).bytes(store.bytes()).bytes(agent.bytes()).i64(number);
        out.varint(heads.size());
        heads.forEach(head -> out.bytes(head.bytes()));
        return out.toByteArray();
    }

    byte[] encode() {
        ByteWriter out = new ByteWriter(MAX_BYTES);
        out.bytes(signed(store, agent(), number, heads));
        seal.write(out);
        return out.toByteArray();
    }

    static Acknowledgement decode(byte[] bytes) throws MalformedException {
        ByteReader in = new ByteReader(bytes, "acknowledgement");
        int version = in.u8();
        Id store = Id.of(in.bytes(Id.BYTES));
        Id agent = Id.of(in.bytes(Id.BYTES));
        long number = in.i64();
        long count = in.varint();
        if (version != VERSION || number < 0 || count < 1 || count > MAX_HEADS) {
            throw malformed("version, number or count of heads");
        }
        List<Id> heads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            heads.add(Id.of(in.bytes(Id.BYTES)));
            if (i > 0 && heads.get(i - 1).compareTo(heads.get(i)) >= 0) {
                throw malformed("heads that are not ascending");
            }
        }
        Seal seal = Seal.read(in);
        in.end();
        if (!Arrays.equals(agent.bytes(), seal.agent().bytes())) {
            throw malformed("another agent's key");
        }
        return new Acknowledgement(store, number, List.copyOf(heads), seal);
    }

    private static MalformedException malformed(String what) {
        return new MalformedException(
                MalformedException.Reason.BAD_VALUE, "acknowledgement: " + what);
    }

    boolean isSigned(NetworkId network) {
        return seal.isOf(CONTEXT, signed(store, agent(), number, heads), network);
    }
}
