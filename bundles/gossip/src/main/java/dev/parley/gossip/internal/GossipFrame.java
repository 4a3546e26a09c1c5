package dev.parley.gossip.internal;

import dev.parley.identity.api.SessionCertificate;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import java.util.ArrayList;
import java.util.List;

/** What neighbours say to each other; one frame each. */
sealed interface GossipFrame {
    int MAX_IDS = 512;

    record Certificate(SessionCertificate certificate) implements GossipFrame {}

    record Message(Envelope envelope) implements GossipFrame {}

    /** "I have these." */
    record Have(List<MessageId> ids) implements GossipFrame {}

    /** "Give me these." */
    record Want(List<MessageId> ids) implements GossipFrame {}

    record WantCertificate(byte[] id) implements GossipFrame {}

    default Frame encode() {
        if (this instanceof Certificate it) {
            return new Frame(1, it.certificate().encode());
        } else if (this instanceof Message it) {
            return new Frame(2, it.envelope().encoded());
        } else if (this instanceof Have it) {
            return new Frame(3, ids(it.ids()));
        } else if (this instanceof Want it) {
            return new Frame(4, ids(it.ids()));
        }
        return new Frame(5, ((WantCertificate) this).id());
    }

    static GossipFrame decode(Frame frame) throws MalformedException {
        return switch (frame.type()) {
            case 1 -> new Certificate(SessionCertificate.decode(frame.body()));
            case 2 -> new Message(Envelope.decode(frame.body()));
            case 3 -> new Have(ids(frame.body()));
            case 4 -> new Want(ids(frame.body()));
            case 5 -> {
                ByteReader in = new ByteReader(frame.body(), "certificate wish");
                byte[] id = in.bytes(SessionCertificate.ID_BYTES);
                in.end();
                yield new WantCertificate(id);
            }
            default ->
                    throw new MalformedException(
                            Reason.UNSUPPORTED,
                            "gossip frame type " + frame.type() + ", expected 1 to 5");
        };
    }

    private static byte[] ids(List<MessageId> ids) {
        ByteWriter out = new ByteWriter(ids.size() * 20).varint(ids.size());
        ids.forEach(id -> out.bytes(id.certificate()).varint(id.sequence()));
        return out.toByteArray();
    }

    private static List<MessageId> ids(byte[] body) throws MalformedException {
        ByteReader in = new ByteReader(body, "id list");
        long count = in.varint();
        if (count > MAX_IDS) {
            throw new MalformedException(
                    Reason.TOO_LONG, "id list: " + count + " ids, at most " + MAX_IDS);
        }
        List<MessageId> ids = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            ids.add(new MessageId(in.bytes(SessionCertificate.ID_BYTES), in.varint()));
        }
        in.end();
        return ids;
    }
}
