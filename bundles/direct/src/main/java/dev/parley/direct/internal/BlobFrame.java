package dev.parley.direct.internal;

import dev.parley.storage.api.Hash;
import dev.parley.storage.api.PartialBlob;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import java.util.ArrayList;
import java.util.List;

/** What a fetcher and a holder say to each other. */
sealed interface BlobFrame {
    int MAX_PROOF = 16;
    int MAX_CHUNK_INDEX = 1 << 15;

    record Get(Hash blob, int chunk) implements BlobFrame {}

    record Chunk(int chunk, List<Hash> proof, byte[] content) implements BlobFrame {}

    record NotHere() implements BlobFrame {}

    default Frame encode() {
        if (this instanceof Get get) {
            return new Frame(
                    1,
                    new ByteWriter(40).bytes(get.blob().bytes()).varint(get.chunk()).toByteArray());
        } else if (this instanceof Chunk chunk) {
            ByteWriter out =
                    new ByteWriter(chunk.content().length + 600)
                            .varint(chunk.chunk())
                            .varint(chunk.proof().size());
            chunk.proof().forEach(hash -> out.bytes(hash.bytes()));
            return new Frame(2, out.block(chunk.content()).toByteArray());
        }
        return new Frame(3, new byte[0]);
    }

    static BlobFrame decode(Frame frame) throws MalformedException {
        ByteReader in = new ByteReader(frame.body(), "blob frame");
        BlobFrame decoded =
                switch (frame.type()) {
                    case 1 -> new Get(Hash.of(in.bytes(Hash.BYTES)), index(in));
                    case 2 -> {
                        int chunk = index(in);
                        long count = in.varint();
                        if (count > MAX_PROOF) {
                            throw new MalformedException(
                                    Reason.TOO_LONG,
                                    "blob frame: " + count + " proof hashes, at most " + MAX_PROOF);
                        }
                        List<Hash> proof = new ArrayList<>();
                        for (long i = 0; i < count; i++) {
                            proof.add(Hash.of(in.bytes(Hash.BYTES)));
                        }
                        yield new Chunk(chunk, proof, in.block(PartialBlob.CHUNK_BYTES, "chunk"));
                    }
                    case 3 -> new NotHere();
                    default ->
                            throw new MalformedException(
                                    Reason.UNSUPPORTED,
                                    "blob frame type " + frame.type() + ", expected 1 to 3");
                };
        in.end();
        return decoded;
    }

    private static int index(ByteReader in) throws MalformedException {
        long index = in.varint();
        if (index >= MAX_CHUNK_INDEX) {
            throw new MalformedException(Reason.BAD_VALUE, "blob frame: chunk " + index);
        }
        return (int) index;
    }
}
