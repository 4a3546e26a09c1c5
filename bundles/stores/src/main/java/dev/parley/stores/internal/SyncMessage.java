package dev.parley.stores.internal;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.SealKey;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Summary;
import dev.parley.storage.api.PartialBlob;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** What containers say about stores ({@code docs/protocols/0011-store-sync.md}). */
sealed interface SyncMessage {
    /** Of a message with changes. */
    int MAX_BYTES = 262_144;

    /** Of a summary, so that a question fits into a request. */
    int MAX_SUMMARY_BYTES = 1_048_000;

    /** Of a checkpoint with the most heads and approvals. */
    int MAX_CHECKPOINTED_BYTES =
            CheckpointFile.MAX_CHECKPOINT_BYTES + CheckpointFile.MAX_APPROVALS * Seal.BYTES + 32;

    int MAX_IDS = 64;
    int MAX_COMPARED = 256;
    int MAX_BATCH = 4096;
    int MAX_PIECE_BYTES = 262_000;

    /** Of ids that lie apart: as many as are kept at once. */
    int MAX_IDS_BYTES = 3 * PartialBlob.CHUNK_BYTES;

    /** A change that is longer travels in pieces. */
    int MAX_WHOLE_BYTES = 262_000;

    int MAX_CHANGE_BYTES = SignedChange.MAX_BODY_BYTES + SignedChange.MAX_SIGNATURE_BYTES + 16;
    int MAX_INFO_BYTES = 512;

    /** Gossip: new changes. */
    record Changes(List<SignedChange> changes) implements SyncMessage {}

    /** Gossip: the author's last changes, of which somebody may miss some. */
    record Heads(List<Id> heads) implements SyncMessage {}

    /** A store and the digest of its last changes. */
    record Held(Id store, Id digest) {}

    /** Which of these are different at your place? */
    record Compare(List<Held> held) implements SyncMessage {}

    /** One answer for each. */
    record Compared(List<Comparison> answers) implements SyncMessage {}

    /** The order is the number on the wire. */
    enum Comparison {
        /** Not here, or not for who asks. */
        NONE,
        EQUAL,
        DIFFERENT
    }

    int MAX_KNOWN = 1024;

    /** An agent and the number of its newest acknowledgement. */
    record Known(Id agent, long number) {}

    /** Which acknowledgements are newer than these? */
    record AskAcknowledgements(Id store, List<Known> known) implements SyncMessage {}

    record Acknowledgements(List<Acknowledgement> all) implements SyncMessage {}

    /**
     * What stands for the changes below it; the file is to be asked for in pieces.
     *
     * @param length of the file, 0 if the checkpoint is only proposed
     */
    record Checkpointed(Checkpoint checkpoint, List<Seal> approvals, int length)
            implements SyncMessage {}

    /** A part of a checkpoint's file, please. */
    record AskFile(Id store, Id checkpoint, int offset) implements SyncMessage {}

    /** The next of a checkpoint's file, first without the ids that lie apart, please. */
    record AskPart(Id store, Id checkpoint, int offset) implements SyncMessage {}

    /**
     * It does not pass the place where the ids begin.
     *
     * @param length of the whole file
     * @param beginning how much of it comes before the ids that lie apart
     */
    record Part(int length, int beginning, byte[] content) implements SyncMessage {}

    /** The keys of these, please. */
    record AskKeys(Id store, List<KeyId> keys) implements SyncMessage {}

    /** A key of sealed values: who made it, and its bytes. */
    record GivenKey(Id author, byte[] key) {
        @Override
        public boolean equals(Object other) {
            return other instanceof GivenKey given
                    && author.equals(given.author)
                    && MessageDigest.isEqual(key, given.key);
        }

        @Override
        public int hashCode() {
            return author.hashCode();
        }

        @Override
        public String toString() {
            return "GivenKey[" + author.hex() + "]";
        }
    }

    record Keys(List<GivenKey> keys) implements SyncMessage {}

    /** What is proposed, or was compacted to? */
    record AskCheckpoint(Id store) implements SyncMessage {}

    /** More of what was pulled last, of which so many changes have come. */
    record GoOn(Id store, int given) implements SyncMessage {}

    /** What do I miss? */
    record Pull(Id store, Summary summary) implements SyncMessage {}

    /** Changes, each after what it builds on; there may be more. */
    record Batch(boolean more, List<SignedChange> changes) implements SyncMessage {}

    /** The next change is long: ask for it in pieces. */
    record Large(Id change, int length) implements SyncMessage {}

    /** These changes, please. */
    record Ask(Id store, List<Id> changes) implements SyncMessage {}

    /** A part of a change, please. */
    record AskPiece(Id store, Id change, int offset) implements SyncMessage {}

    record Piece(int length, byte[] content) implements SyncMessage {}

    /** What is this store? */
    record AskInfo(Id store) implements SyncMessage {}

    record Info(StoreInfo info) implements SyncMessage {}

    default byte[] encode() {
        ByteWriter out = new ByteWriter(256);
        if (this instanceof Changes it) {
            changes(out.u8(1), it.changes());
        } else if (this instanceof Heads it) {
            ids(out.u8(2), it.heads());
        } else if (this instanceof Compare it) {
            out.u8(3).varint(it.held().size());
            for (Held held : it.held()) {
                out.bytes(held.store().bytes()).bytes(held.digest().bytes());
            }
        } else if (this instanceof Compared it) {
            out.u8(4).varint(it.answers().size());
            it.answers().forEach(answer -> out.u8(answer.ordinal()));
        } else if (this instanceof Pull it) {
            out.u8(5).bytes(it.store().bytes()).block(it.summary().encode());
        } else if (this instanceof Batch it) {
            changes(out.u8(6).u8(it.more() ? 1 : 0), it.changes());
        } else if (this instanceof Large it) {
            out.u8(7).bytes(it.change().bytes()).varint(it.length());
        } else if (this instanceof Ask it) {
            ids(out.u8(8).bytes(it.store().bytes()), it.changes());
        } else if (this instanceof AskPiece it) {
            out.u8(9).bytes(it.store().bytes()).bytes(it.change().bytes()).varint(it.offset());
        } else if (this instanceof Piece it) {
            out.u8(10).varint(it.length()).bytes(it.content());
        } else if (this instanceof AskInfo it) {
            out.u8(11).bytes(it.store().bytes());
        } else if (this instanceof GoOn it) {
            out.u8(13).bytes(it.store().bytes()).varint(it.given());
        } else if (this instanceof AskAcknowledgements it) {
            out.u8(14).bytes(it.store().bytes()).varint(it.known().size());
            for (Known known : it.known()) {
                out.bytes(known.agent().bytes()).i64(known.number());
            }
        } else if (this instanceof Acknowledgements it) {
            out.u8(15).varint(it.all().size());
            it.all().forEach(each -> out.block(each.encode()));
        } else if (this instanceof Checkpointed it) {
            out.u8(16).block(it.checkpoint().encode());
            CheckpointFile.write(out, it.approvals());
            out.varint(it.length());
        } else if (this instanceof AskFile it) {
            out.u8(17).bytes(it.store().bytes()).bytes(it.checkpoint().bytes());
            out.varint(it.offset());
        } else if (this instanceof AskCheckpoint it) {
            out.u8(18).bytes(it.store().bytes());
        } else if (this instanceof AskPart it) {
            out.u8(21).bytes(it.store().bytes()).bytes(it.checkpoint().bytes());
            out.varint(it.offset());
        } else if (this instanceof Part it) {
            out.u8(22).varint(it.length()).varint(it.beginning()).bytes(it.content());
        } else if (this instanceof AskKeys it) {
            out.u8(19).bytes(it.store().bytes()).varint(it.keys().size());
            it.keys().forEach(key -> out.bytes(key.bytes()));
        } else if (this instanceof Keys it) {
            out.u8(20).varint(it.keys().size());
            it.keys().forEach(each -> out.bytes(each.author().bytes()).bytes(each.key()));
        } else if (this instanceof Info it) {
            out.u8(12).bytes(it.info().encode());
        }
        return out.toByteArray();
    }

    private static void changes(ByteWriter out, List<SignedChange> changes) {
        out.varint(changes.size());
        changes.forEach(change -> out.block(change.encode()));
    }

    private static void ids(ByteWriter out, List<Id> ids) {
        out.varint(ids.size());
        ids.forEach(id -> out.bytes(id.bytes()));
    }

    static SyncMessage decode(byte[] bytes) throws MalformedException {
        ByteReader in = new ByteReader(bytes, "store message");
        int kind = in.u8();
        int max =
                switch (kind) {
                    case 5 -> MAX_SUMMARY_BYTES + 64;
                    case 16 -> MAX_CHECKPOINTED_BYTES;
                    default -> MAX_BYTES;
                };
        if (bytes.length > max) {
            throw new MalformedException(
                    Reason.TOO_LONG, "store message: " + bytes.length + " bytes, at most " + max);
        }
        SyncMessage message =
                switch (kind) {
                    case 1 -> new Changes(changes(in, 1, MAX_IDS));
                    case 2 -> new Heads(ids(in, 0));
                    case 3 -> new Compare(held(in));
                    case 4 -> new Compared(compared(in));
                    case 5 -> new Pull(id(in), summary(in.block(MAX_SUMMARY_BYTES, "summary")));
                    case 6 -> new Batch(count(in, "more", 0, 1) == 1, changes(in, 0, MAX_BATCH));
                    case 7 -> new Large(id(in), count(in, "length", 1, MAX_CHANGE_BYTES));
                    case 8 -> new Ask(id(in), ids(in, 1));
                    case 9 ->
                            new AskPiece(id(in), id(in), count(in, "offset", 0, MAX_CHANGE_BYTES));
                    case 10 -> piece(in);
                    case 11 -> new AskInfo(id(in));
                    case 12 -> new Info(info(in.rest()));
                    case 13 -> new GoOn(id(in), count(in, "given", 1, Integer.MAX_VALUE));
                    case 14 -> new AskAcknowledgements(id(in), known(in));
                    case 15 -> new Acknowledgements(acknowledgements(in));
                    case 16 ->
                            new Checkpointed(
                                    CheckpointFile.checkpoint(in),
                                    CheckpointFile.approvals(in),
                                    count(in, "length", 0, CheckpointFile.MAX_BYTES));
                    case 17 ->
                            new AskFile(
                                    id(in),
                                    id(in),
                                    count(in, "offset", 0, CheckpointFile.MAX_BYTES));
                    case 18 -> new AskCheckpoint(id(in));
                    case 19 -> new AskKeys(id(in), keyIds(in));
                    case 20 -> new Keys(givenKeys(in));
                    case 21 ->
                            new AskPart(
                                    id(in),
                                    id(in),
                                    count(in, "offset", 0, CheckpointFile.MAX_BYTES));
                    case 22 -> part(in);
                    default ->
                            throw new MalformedException(
                                    Reason.UNSUPPORTED,
                                    "store message: kind " + kind + ", expected 1 to 22");
                };
        in.end();
        return message;
    }

    private static int count(ByteReader in, String what, int min, int max)
            throws MalformedException {
        long count = in.varint();
        if (count < min || count > max) {
            throw new MalformedException(
                    Reason.BAD_VALUE,
                    "store message: " + what + " is " + count + ", expected " + min + " to " + max);
        }
        return (int) count;
    }

    private static Id id(ByteReader in) throws MalformedException {
        return Id.of(in.bytes(Id.BYTES));
    }

    private static List<Id> ids(ByteReader in, int min) throws MalformedException {
        int count = count(in, "count", min, MAX_IDS);
        List<Id> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(id(in));
        }
        return ids;
    }

    private static List<KeyId> keyIds(ByteReader in) throws MalformedException {
        int count = count(in, "count", 1, MAX_IDS);
        List<KeyId> keys = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            keys.add(KeyId.of(in.bytes(KeyId.BYTES), 0));
        }
        return keys;
    }

    private static List<GivenKey> givenKeys(ByteReader in) throws MalformedException {
        int count = count(in, "count", 0, MAX_IDS);
        List<GivenKey> keys = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            keys.add(new GivenKey(id(in), in.bytes(SealKey.BYTES)));
        }
        return keys;
    }

    private static List<Held> held(ByteReader in) throws MalformedException {
        int count = count(in, "count", 1, MAX_COMPARED);
        List<Held> held = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            held.add(new Held(id(in), id(in)));
        }
        return held;
    }

    private static List<Known> known(ByteReader in) throws MalformedException {
        int count = count(in, "count", 0, MAX_KNOWN);
        List<Known> known = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            known.add(new Known(id(in), in.i64()));
        }
        return known;
    }

    private static List<Acknowledgement> acknowledgements(ByteReader in) throws MalformedException {
        int count = count(in, "count", 0, MAX_IDS);
        List<Acknowledgement> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(Acknowledgement.decode(in.block(Acknowledgement.MAX_BYTES, "acknowledgement")));
        }
        return all;
    }

    private static List<Comparison> compared(ByteReader in) throws MalformedException {
        int count = count(in, "count", 1, MAX_COMPARED);
        List<Comparison> answers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int answer = in.u8();
            if (answer >= Comparison.values().length) {
                throw new MalformedException(
                        Reason.BAD_VALUE, "store message: answer " + answer + ", expected 0 to 2");
            }
            answers.add(Comparison.values()[answer]);
        }
        return answers;
    }

    private static List<SignedChange> changes(ByteReader in, int min, int max)
            throws MalformedException {
        int count = count(in, "count", min, max);
        List<SignedChange> changes = new ArrayList<>(Math.min(count, in.remaining() / 64 + 1));
        for (int i = 0; i < count; i++) {
            changes.add(change(in.block(MAX_CHANGE_BYTES, "change")));
        }
        return changes;
    }

    static SignedChange change(byte[] bytes) throws MalformedException {
        try {
            return SignedChange.decode(bytes);
        } catch (dev.parley.crdt.api.MalformedException e) {
            throw bad(e);
        }
    }

    private static Summary summary(byte[] bytes) throws MalformedException {
        try {
            return Summary.decode(bytes);
        } catch (dev.parley.crdt.api.MalformedException e) {
            throw bad(e);
        }
    }

    static StoreInfo info(byte[] bytes) throws MalformedException {
        if (bytes.length > MAX_INFO_BYTES) {
            throw new MalformedException(
                    Reason.TOO_LONG,
                    "store info: " + bytes.length + " bytes, at most " + MAX_INFO_BYTES);
        }
        try {
            return StoreInfo.decode(bytes);
        } catch (IllegalArgumentException | dev.parley.crdt.api.MalformedException e) {
            throw bad(e);
        }
    }

    private static MalformedException bad(Exception e) {
        return new MalformedException(Reason.BAD_VALUE, "store message: " + e.getMessage());
    }

    private static Part part(ByteReader in) throws MalformedException {
        int length = count(in, "length", 1, CheckpointFile.MAX_BYTES);
        int beginning = count(in, "beginning", 1, length);
        byte[] content = in.rest();
        if (content.length < 1 || content.length > Math.min(length, MAX_PIECE_BYTES)) {
            throw new MalformedException(
                    Reason.BAD_VALUE,
                    "store message: a part of " + content.length + " bytes of " + length);
        }
        return new Part(length, beginning, content);
    }

    private static Piece piece(ByteReader in) throws MalformedException {
        int length = count(in, "length", 1, CheckpointFile.MAX_BYTES);
        byte[] content = in.rest();
        if (content.length < 1 || content.length > Math.min(length, MAX_PIECE_BYTES)) {
            throw new MalformedException(
                    Reason.BAD_VALUE,
                    "store message: a piece of "
                            + content.length
                            + " bytes of a change of "
                            + length);
        }
        return new Piece(length, content);
    }
}
