package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.SignedChange;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import dev.parley.identity.api.Signature;
import dev.parley.identity.api.Signatures;
import dev.parley.wire.api.MalformedException;
import java.util.Arrays;
import java.util.Optional;

/**
 * What stands in the signature field of a change: a hybrid signature over the change's id, and
 * before it the author's key if the change is the first of its agent.
 */
final class ChangeSeal {
    static final String CONTEXT = "parley.change.v1";

    /** Of a change's body: version, store, author. */
    private static final int STORE_AT = 1;

    private static final int AUTHOR_AT = STORE_AT + Id.BYTES;

    private ChangeSeal() {}

    static byte[] encode(Optional<PublicKey> key, Signature signature) {
        byte[] signed = signature.encode();
        if (key.isEmpty()) {
            return signed;
        }
        byte[] first = key.get().encode();
        byte[] both = Arrays.copyOf(first, first.length + signed.length);
        System.arraycopy(signed, 0, both, first.length, signed.length);
        return both;
    }

    /** Whom the change says it is of; nothing if its body is too short for that. */
    static Optional<Id> author(SignedChange change) {
        return field(change, AUTHOR_AT);
    }

    static Optional<Id> store(SignedChange change) {
        return field(change, STORE_AT);
    }

    private static Optional<Id> field(SignedChange change, int at) {
        return change.body().length < at + Id.BYTES
                ? Optional.empty()
                : Optional.of(Id.of(change.body(), at, Id.BYTES));
    }

    /** The key that the change brings, if it is really its author's. */
    static Optional<PublicKey> key(SignedChange change) {
        byte[] field = change.signature();
        Optional<Id> author = author(change);
        if (field.length != PublicKey.BYTES + Signature.BYTES || author.isEmpty()) {
            return Optional.empty();
        }
        try {
            PublicKey key = PublicKey.decode(Arrays.copyOf(field, PublicKey.BYTES));
            return author.get().equals(Id.of(key.agentId().bytes()))
                    ? Optional.of(key)
                    : Optional.empty();
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    /** Whether the change is signed with this key; takes up to a millisecond. */
    static boolean verify(SignedChange change, PublicKey key, NetworkId network) {
        byte[] field = change.signature();
        int from = field.length - Signature.BYTES;
        if (from != 0 && from != PublicKey.BYTES) {
            return false;
        }
        try {
            Signature signature = Signature.decode(Arrays.copyOfRange(field, from, field.length));
            return Signatures.verify(key, network, CONTEXT, change.id().bytes(), signature);
        } catch (MalformedException e) {
            return false;
        }
    }
}
