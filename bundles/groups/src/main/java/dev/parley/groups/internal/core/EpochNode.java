package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupId;
import dev.parley.groups.internal.format.Admitted;
import dev.parley.groups.internal.format.Charter;
import dev.parley.groups.internal.format.Step;
import dev.parley.identity.api.AgentId;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.Member;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsException;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One epoch as it is kept, with the commit that led to it.
 *
 * @param step id, rank and what the commit did
 * @param number of the epoch
 * @param admitted who came by an invite
 * @param inside the state, empty if the commit removed us
 * @param taken when it came here
 * @param intent what it was for, if it is ours
 */
record EpochNode(
        Step step,
        Hash parent,
        long number,
        List<Admitted> admitted,
        Optional<Inside> inside,
        Instant taken,
        Intent intent) {
    static final Hash NO_PARENT = Hash.of(new byte[Hash.BYTES]);
    private static final int MAX_STATE_BYTES = 7 << 20;

    /** What only members see. */
    record Inside(GroupState state, Charter charter, SortedMap<AgentId, Integer> members) {
        static Inside of(GroupState state) throws MalformedException {
            SortedMap<AgentId, Integer> members = new TreeMap<>();
            for (Member member : state.members()) {
                members.put(AgentId.of(member.id().bytes()), member.leafIndex());
            }
            return new Inside(state, Charter.of(state.extensions()), members);
        }

        /** The leaf of a member. */
        int leaf(AgentId agent) {
            Integer leaf = members.get(agent);
            if (leaf == null) {
                throw new IllegalArgumentException(agent + " is no member");
            }
            return leaf;
        }

        boolean admin(AgentId agent) {
            return charter.admins().contains(agent);
        }
    }

    EpochNode {
        admitted = List.copyOf(admitted);
    }

    Hash id() {
        return step.epoch();
    }

    static Hash id(GroupId group, long number, byte[] transcriptHash) {
        return Hash.sha256(
                "parley.group.epoch.v1".getBytes(StandardCharsets.US_ASCII),
                group.bytes(),
                new ByteWriter(8).i64(number).toByteArray(),
                transcriptHash);
    }

    /** As it is kept on disk, secrets included. */
    byte[] encode() {
        ByteWriter out = new ByteWriter(4096);
        out.u8(1).bytes(id().bytes()).u8(step.rank()).bytes(step.committer().bytes());
        out.varint(step.removed().size());
        step.removed().forEach(agent -> out.bytes(agent.bytes()));
        out.bytes(parent.bytes()).i64(number).block(Admitted.encode(admitted));
        out.i64(taken.toEpochMilli());
        intent.write(out);
        return out.bytes(inside.map(it -> it.state().encode()).orElse(new byte[0])).toByteArray();
    }

    static EpochNode decode(byte[] bytes, Mls mls, Collection<byte[]> reservations)
            throws MalformedException, MlsException {
        ByteReader in = new ByteReader(bytes, "epoch");
        int version = in.u8();
        if (version != 1) {
            throw new MalformedException(
                    MalformedException.Reason.UNSUPPORTED, "epoch: version " + version);
        }
        Hash id = Hash.of(in.bytes(Hash.BYTES));
        int rank = in.u8();
        AgentId committer = AgentId.of(in.bytes(AgentId.BYTES));
        List<AgentId> removed = new ArrayList<>();
        for (long left = in.varint(); left > 0; left--) {
            removed.add(AgentId.of(in.bytes(AgentId.BYTES)));
        }
        Hash parent = Hash.of(in.bytes(Hash.BYTES));
        long number = in.i64();
        List<Admitted> admitted = Admitted.decode(in.block(4096, "admitted"));
        Instant taken = Instant.ofEpochMilli(in.i64());
        Intent intent = Intent.read(in);
        if (in.remaining() > MAX_STATE_BYTES) {
            throw new MalformedException(
                    MalformedException.Reason.TOO_LONG, "epoch: " + in.remaining() + " bytes");
        }
        byte[] state = in.rest();
        return new EpochNode(
                new Step(id, rank, committer, removed),
                parent,
                number,
                admitted,
                state.length == 0
                        ? Optional.empty()
                        : Optional.of(Inside.of(mls.decode(state, reservations))),
                taken,
                intent);
    }
}
