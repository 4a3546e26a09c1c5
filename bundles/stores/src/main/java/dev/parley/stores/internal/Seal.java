package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import dev.parley.identity.api.Signature;
import dev.parley.identity.api.Signatures;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;

/** An agent's key and its signature, which anybody can check who has what was signed. */
record Seal(PublicKey key, Signature signature) {
    static final int BYTES = PublicKey.BYTES + Signature.BYTES;

    static Seal of(Identity identity, String context, byte[] signed) {
        return new Seal(identity.agentKey(), identity.signAsAgent(context, signed));
    }

    Id agent() {
        return Id.of(key.agentId().bytes());
    }

    void write(ByteWriter out) {
        out.bytes(key.encode()).bytes(signature.encode());
    }

    static Seal read(ByteReader in) throws MalformedException {
        PublicKey key = PublicKey.decode(in.bytes(PublicKey.BYTES));
        return new Seal(key, Signature.decode(in.bytes(Signature.BYTES)));
    }

    /** Takes up to a millisecond. */
    boolean isOf(String context, byte[] signed, NetworkId network) {
        return Signatures.verify(key, network, context, signed, signature);
    }
}
