package dev.parley.crdt.api;

import dev.parley.crdt.internal.Reader;
import dev.parley.crdt.internal.Sha256;
import dev.parley.crdt.internal.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Says what the state is after these changes and their past. Admins sign {@link #id()}.
 *
 * @param heads the last changes, in the order of their ids
 * @param snapshot SHA-256 of the snapshot before it is deflated
 */
public record Checkpoint(Id store, List<Id> heads, Id snapshot) {
    private static final int VERSION = 1;
    private static final int MAX_HEADS = 4096;
    private static final byte[] SIGNED = "parley.checkpoint.v1".getBytes(StandardCharsets.US_ASCII);

    /** An admin's signature over {@link Checkpoint#id()}. */
    public record Approval(Id admin, byte[] signature) {}

    public Checkpoint {
        heads = heads.stream().sorted().toList();
        if (heads.size() > MAX_HEADS) {
            throw new IllegalArgumentException(heads.size() + " heads, at most " + MAX_HEADS);
        }
    }

    public byte[] encode() {
        Writer out = new Writer(80 + Id.BYTES * heads.size());
        out.u8(VERSION);
        out.id(store);
        out.uint(heads.size());
        heads.forEach(out::id);
        out.id(snapshot);
        return out.toByteArray();
    }

    public static Checkpoint decode(byte[] bytes) throws MalformedException {
        Reader in = new Reader(bytes);
        in.expect("version", VERSION, in.u8());
        Id store = in.id();
        int count = in.count("heads", 0, MAX_HEADS);
        List<Id> heads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            heads.add(in.id());
            if (i > 0 && heads.get(i - 1).compareTo(heads.get(i)) >= 0) {
                throw new MalformedException("heads are not ascending");
            }
        }
        Id snapshot = in.id();
        in.end();
        return new Checkpoint(store, heads, snapshot);
    }

    /** What is signed. */
    public Id id() {
        return Sha256.of(SIGNED, encode());
    }

    /**
     * Whether enough admins signed.
     *
     * @param roleAtCut an agent's role by what the heads have in their past; whoever takes it from
     *     the snapshot itself trusts the snapshot, see {@code 0010-crdt-changes}
     * @param needed how many different ones, at least 1
     */
    public boolean isApproved(
            Collection<Approval> approvals,
            SignatureCheck check,
            Function<Id, Role> roleAtCut,
            int needed) {
        if (needed < 1) {
            throw new IllegalArgumentException("at least one admin, not " + needed);
        }
        Id id = id();
        Set<Id> admins = new HashSet<>();
        for (Approval approval : approvals) {
            if (roleAtCut.apply(approval.admin()) == Role.ADMIN
                    && check.isValid(approval.admin(), id, approval.signature())) {
                admins.add(approval.admin());
            }
        }
        return admins.size() >= needed;
    }
}
