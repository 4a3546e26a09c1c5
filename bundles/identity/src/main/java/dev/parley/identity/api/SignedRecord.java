package dev.parley.identity.api;

import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;

/**
 * A record with its signer's key and both signatures over its exact bytes.
 *
 * <p>Layout: {@code block(body) || public key || signature}. The body array is shared: do not
 * change it.
 */
public record SignedRecord(byte[] body, PublicKey signer, Signature signature) {
    public static final int MAX_BODY_BYTES = 65_536;
    public static final int MAX_BYTES = MAX_BODY_BYTES + 4 + PublicKey.BYTES + Signature.BYTES;

    public byte[] encode() {
        return new ByteWriter(body.length + PublicKey.BYTES + Signature.BYTES + 8)
                .block(body)
                .bytes(signer.encode())
                .bytes(signature.encode())
                .toByteArray();
    }

    public static SignedRecord decode(byte[] bytes) throws MalformedException {
        ByteReader in = new ByteReader(bytes, "signed record");
        SignedRecord record = read(in);
        in.end();
        return record;
    }

    static SignedRecord read(ByteReader in) throws MalformedException {
        return new SignedRecord(
                in.block(MAX_BODY_BYTES, "body"),
                PublicKey.decode(in.bytes(PublicKey.BYTES)),
                Signature.decode(in.bytes(Signature.BYTES)));
    }

    public boolean verify(NetworkId network, String context) {
        return Signatures.verify(signer, network, context, body, signature);
    }
}
