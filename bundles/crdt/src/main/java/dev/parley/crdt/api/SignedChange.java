package dev.parley.crdt.api;

import dev.parley.crdt.internal.Reader;
import dev.parley.crdt.internal.Sha256;
import dev.parley.crdt.internal.Writer;

/** A change's exact bytes with its author's signature over their hash. */
public final class SignedChange {
    public static final int MAX_BODY_BYTES = 1 << 20;
    public static final int MAX_SIGNATURE_BYTES = 8192;

    private final Id id;
    private final byte[] body;
    private final byte[] signature;

    /** Arrays are not copied, and must not be changed. */
    public SignedChange(byte[] body, byte[] signature) {
        this(Sha256.of(body), body, signature);
    }

    /**
     * As the constructor, for who has the hash already.
     *
     * @param id the SHA-256 of the body
     */
    public static SignedChange of(Id id, byte[] body, byte[] signature) {
        return new SignedChange(id, body, signature);
    }

    private SignedChange(Id id, byte[] body, byte[] signature) {
        if (body.length > MAX_BODY_BYTES || signature.length > MAX_SIGNATURE_BYTES) {
            throw new IllegalArgumentException(
                    "a body of " + body.length + " or a signature of " + signature.length);
        }
        this.id = id;
        this.body = body;
        this.signature = signature;
    }

    public Id id() {
        return id;
    }

    public byte[] body() {
        return body;
    }

    public byte[] signature() {
        return signature;
    }

    public byte[] encode() {
        Writer out = new Writer(body.length + signature.length + 8);
        out.uint(body.length);
        out.bytes(body);
        out.uint(signature.length);
        out.bytes(signature);
        return out.toByteArray();
    }

    public static SignedChange decode(byte[] bytes) throws MalformedException {
        Reader in = new Reader(bytes);
        byte[] body = in.bytes(in.count("a body", 1, MAX_BODY_BYTES));
        byte[] signature = in.bytes(in.count("a signature", 0, MAX_SIGNATURE_BYTES));
        in.end();
        return new SignedChange(body, signature);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedChange change && id.equals(change.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "change " + id;
    }
}
