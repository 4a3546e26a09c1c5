package dev.parley.stores.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.SealKey;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Summary;
import dev.parley.identity.api.PublicKey;
import dev.parley.identity.api.Signature;
import dev.parley.stores.internal.SyncMessage.Comparison;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import dev.parley.wire.api.Value;
import dev.parley.wire.vectors.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SyncMessageTest {
    private static final Vectors VECTORS = Vectors.read("0011-store-sync.json");

    private static Arbitrary<Id> ids() {
        return bytes(Id.BYTES, Id.BYTES).map(Id::of);
    }

    private static Arbitrary<byte[]> bytes(int min, int max) {
        return Arbitraries.bytes().array(byte[].class).ofMinSize(min).ofMaxSize(max);
    }

    @Provide
    Arbitrary<SyncMessage> messages() {
        Arbitrary<List<SignedChange>> changes =
                Combinators.combine(bytes(1, 200), bytes(0, 100))
                        .as(SignedChange::new)
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(5);
        Arbitrary<List<Id>> some = ids().list().ofMinSize(1).ofMaxSize(5);
        Arbitrary<Integer> lengths =
                Arbitraries.integers().between(1, SyncMessage.MAX_CHANGE_BYTES);
        Arbitrary<Summary> summaries =
                Combinators.combine(
                                ids(),
                                Arbitraries.of("", "draft"),
                                Arbitraries.integers().between(1, 1 << 30),
                                ids())
                        .as(Summary.Tip::new)
                        .list()
                        .ofMaxSize(5)
                        .map(Summary::new);
        Arbitrary<StoreInfo> infos =
                Combinators.combine(
                                ids(),
                                Arbitraries.of(StoreInfo.Mode.values()),
                                Arbitraries.of(true, false),
                                bytes(16, 16))
                        .as(
                                (owner, mode, grows, nonce) ->
                                        new StoreInfo(
                                                "parley.test", owner, mode, grows, "x", nonce));
        Arbitrary<SyncMessage.Known> known =
                Combinators.combine(ids(), Arbitraries.longs()).as(SyncMessage.Known::new);
        Arbitrary<Seal> seals =
                Combinators.combine(
                                bytes(PublicKey.BYTES, PublicKey.BYTES),
                                bytes(Signature.BYTES, Signature.BYTES))
                        .as(SyncMessageTest::seal);
        Arbitrary<List<Id>> heads =
                ids().set().ofMinSize(1).ofMaxSize(4).map(SyncMessageTest::sorted);
        Arbitrary<Acknowledgement> acknowledgements =
                Combinators.combine(ids(), Arbitraries.longs().greaterOrEqual(0), heads, seals)
                        .as(Acknowledgement::new);
        Arbitrary<Checkpoint> checkpoints =
                Combinators.combine(ids(), heads, ids()).as(Checkpoint::new);
        Arbitrary<KeyId> keyIds = bytes(KeyId.BYTES, KeyId.BYTES).map(bytes -> KeyId.of(bytes, 0));
        Arbitrary<SyncMessage.GivenKey> given =
                Combinators.combine(ids(), bytes(SealKey.BYTES, SealKey.BYTES))
                        .as(SyncMessage.GivenKey::new);
        return Arbitraries.oneOf(
                changes.map(SyncMessage.Changes::new),
                some.map(SyncMessage.Heads::new),
                Combinators.combine(ids(), ids())
                        .as(SyncMessage.Held::new)
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(5)
                        .map(SyncMessage.Compare::new),
                Arbitraries.of(Comparison.values())
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(5)
                        .map(SyncMessage.Compared::new),
                Combinators.combine(ids(), summaries).as(SyncMessage.Pull::new),
                Combinators.combine(Arbitraries.of(true, false), changes)
                        .as(SyncMessage.Batch::new),
                Combinators.combine(ids(), lengths).as(SyncMessage.Large::new),
                Combinators.combine(ids(), some).as(SyncMessage.Ask::new),
                Combinators.combine(ids(), ids(), lengths).as(SyncMessage.AskPiece::new),
                bytes(1, 100).map(content -> new SyncMessage.Piece(100, content)),
                ids().map(SyncMessage.AskInfo::new),
                infos.map(SyncMessage.Info::new),
                Combinators.combine(ids(), lengths).as(SyncMessage.GoOn::new),
                Combinators.combine(ids(), known.list().ofMaxSize(5))
                        .as(SyncMessage.AskAcknowledgements::new),
                acknowledgements.list().ofMaxSize(2).map(SyncMessage.Acknowledgements::new),
                Combinators.combine(checkpoints, seals.list().ofMinSize(1).ofMaxSize(2), lengths)
                        .as(SyncMessage.Checkpointed::new),
                Combinators.combine(ids(), ids(), lengths).as(SyncMessage.AskFile::new),
                ids().map(SyncMessage.AskCheckpoint::new),
                Combinators.combine(ids(), ids(), lengths).as(SyncMessage.AskPart::new),
                Combinators.combine(Arbitraries.integers().between(1, 100), bytes(1, 100))
                        .as((beginning, content) -> new SyncMessage.Part(100, beginning, content)),
                Combinators.combine(ids(), keyIds.list().ofMinSize(1).ofMaxSize(5))
                        .as(SyncMessage.AskKeys::new),
                given.list().ofMaxSize(5).map(SyncMessage.Keys::new));
    }

    private static List<Id> sorted(java.util.Set<Id> ids) {
        return ids.stream().sorted().toList();
    }

    private static Seal seal(byte[] key, byte[] signature) {
        try {
            return new Seal(PublicKey.decode(key), Signature.decode(signature));
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    /** What a message says, as something that can be compared. */
    static String told(SyncMessage message) {
        if (message instanceof SyncMessage.Changes it) {
            return "changes " + changes(it.changes());
        } else if (message instanceof SyncMessage.Heads it) {
            return "heads " + hex(it.heads());
        } else if (message instanceof SyncMessage.Compare it) {
            List<Id> all = new ArrayList<>();
            it.held()
                    .forEach(
                            held -> {
                                all.add(held.store());
                                all.add(held.digest());
                            });
            return "compare " + hex(all);
        } else if (message instanceof SyncMessage.Compared it) {
            return "compared " + it.answers();
        } else if (message instanceof SyncMessage.Pull it) {
            return "pull " + it.store().hex() + " " + tips(it.summary());
        } else if (message instanceof SyncMessage.Batch it) {
            return "batch " + (it.more() ? "more " : "all ") + changes(it.changes());
        } else if (message instanceof SyncMessage.Large it) {
            return "large " + it.change().hex() + " " + it.length();
        } else if (message instanceof SyncMessage.Ask it) {
            return "ask " + it.store().hex() + " " + hex(it.changes());
        } else if (message instanceof SyncMessage.AskPiece it) {
            return "ask piece " + it.store().hex() + " " + it.change().hex() + " " + it.offset();
        } else if (message instanceof SyncMessage.Piece it) {
            return "piece " + it.length() + " " + HexFormat.of().formatHex(it.content());
        } else if (message instanceof SyncMessage.AskInfo it) {
            return "ask info " + it.store().hex();
        } else if (message instanceof SyncMessage.AskAcknowledgements it) {
            StringBuilder told = new StringBuilder("ask acknowledgements " + it.store().hex());
            it.known().forEach(each -> told.append(" " + each.agent().hex() + " " + each.number()));
            return told.toString();
        } else if (message instanceof SyncMessage.Acknowledgements it) {
            StringBuilder told = new StringBuilder("acknowledgements");
            for (Acknowledgement each : it.all()) {
                told.append(
                        " " + each.agent().hex() + " " + each.number() + " " + hex(each.heads()));
            }
            return told.toString();
        } else if (message instanceof SyncMessage.Checkpointed it) {
            return "checkpoint "
                    + it.checkpoint().id().hex()
                    + " by "
                    + hex(it.approvals().stream().map(Seal::agent).toList())
                    + " in "
                    + it.length();
        } else if (message instanceof SyncMessage.AskFile it) {
            return "ask file " + it.store().hex() + " " + it.checkpoint().hex() + " " + it.offset();
        } else if (message instanceof SyncMessage.AskPart it) {
            return "ask part " + it.store().hex() + " " + it.checkpoint().hex() + " " + it.offset();
        } else if (message instanceof SyncMessage.Part it) {
            String content = HexFormat.of().formatHex(it.content());
            return "part " + it.length() + " " + it.beginning() + " " + content;
        } else if (message instanceof SyncMessage.AskCheckpoint it) {
            return "ask checkpoint " + it.store().hex();
        } else if (message instanceof SyncMessage.AskKeys it) {
            return "ask keys "
                    + it.store().hex()
                    + " "
                    + String.join(" ", it.keys().stream().map(KeyId::hex).toList());
        } else if (message instanceof SyncMessage.Keys it) {
            StringBuilder told = new StringBuilder("keys");
            it.keys()
                    .forEach(
                            each ->
                                    told.append(
                                            " "
                                                    + each.author().hex()
                                                    + " "
                                                    + HexFormat.of().formatHex(each.key())));
            return told.toString();
        } else if (message instanceof SyncMessage.GoOn it) {
            return "go on " + it.store().hex() + " " + it.given();
        } else if (message instanceof SyncMessage.Info it) {
            return "info " + it.info().id().hex() + " " + it.info().name();
        }
        throw new AssertionError(message);
    }

    private static String changes(List<SignedChange> changes) {
        return hex(changes.stream().map(SignedChange::id).toList());
    }

    private static String hex(List<Id> ids) {
        return String.join(" ", ids.stream().map(Id::hex).toList());
    }

    private static String tips(Summary summary) {
        return String.join(
                " ",
                summary.tips().stream()
                        .map(
                                tip ->
                                        tip.author().hex()
                                                + "/"
                                                + tip.branch()
                                                + "/"
                                                + tip.seq()
                                                + "/"
                                                + tip.change().hex())
                        .toList());
    }

    @Property
    void everyMessageComesBack(@ForAll("messages") SyncMessage message) throws MalformedException {
        SyncMessage back = SyncMessage.decode(message.encode());
        assertThat(told(back)).isEqualTo(told(message));
        assertThat(back.encode()).isEqualTo(message.encode());
    }

    @Property
    void everyProperPrefixIsMalformed(
            @ForAll("messages") SyncMessage message, @ForAll @IntRange(max = 99) int percent) {
        byte[] whole = message.encode();
        // What a piece holds is the rest of its message, so of that a prefix is a piece.
        int length =
                message instanceof SyncMessage.Piece || message instanceof SyncMessage.Part
                        ? percent % 3
                        : whole.length * percent / 100;
        refused(Arrays.copyOf(whole, length));
    }

    @Property
    void anythingAppendedIsMalformed(@ForAll("messages") SyncMessage message, @ForAll byte more) {
        byte[] whole = message.encode();
        if (!(message instanceof SyncMessage.Piece || message instanceof SyncMessage.Part)) {
            byte[] longer = Arrays.copyOf(whole, whole.length + 1);
            longer[whole.length] = more;
            refused(longer);
        }
    }

    private static Reason refused(byte[] bytes) {
        try {
            SyncMessage.decode(bytes);
        } catch (MalformedException e) {
            return e.reason();
        }
        throw new AssertionError("a message of " + bytes.length + " bytes was accepted");
    }

    @Property(tries = 5000)
    void noiseNeverSurprises(@ForAll @IntRange(max = 23) int kind, @ForAll byte[] noise) {
        byte[] bytes = new byte[noise.length + 1];
        bytes[0] = (byte) kind;
        System.arraycopy(noise, 0, bytes, 1, noise.length);
        read(bytes);
    }

    @Property(tries = 5000)
    void changedBytesNeverSurprise(
            @ForAll("messages") SyncMessage message,
            @ForAll @IntRange(max = 10_000) int at,
            @ForAll @IntRange(min = 1, max = 255) int change) {
        byte[] bytes = message.encode();
        bytes[at % bytes.length] ^= (byte) change;
        read(bytes);
    }

    /** Either malformed, or the one encoding of what it says. */
    private static void read(byte[] bytes) {
        try {
            assertThat(SyncMessage.decode(bytes).encode()).isEqualTo(bytes);
        } catch (MalformedException e) {
            assertThat(e.reason()).isNotNull();
        }
    }

    @Test
    void theSpecsVectorsMatch() throws MalformedException {
        for (Vectors.Good vector : VECTORS.good()) {
            SyncMessage message = SyncMessage.decode(vector.bytes());
            assertThat(told(message))
                    .as(vector.name())
                    .isEqualTo(((Value.Text) vector.fields().get("says").orElseThrow()).value());
            assertThat(message.encode()).as(vector.name()).isEqualTo(vector.bytes());
        }
        for (Vectors.Bad vector : VECTORS.bad()) {
            assertThatThrownBy(() -> SyncMessage.decode(vector.bytes()))
                    .as(vector.name())
                    .isInstanceOfSatisfying(
                            MalformedException.class,
                            e -> assertThat(e.reason().name()).isEqualTo(vector.reason()))
                    .hasMessage(vector.text());
        }
    }

    @Test
    void aBatchNeverExceedsAMessageAndALongChangeComesInPieces() throws MalformedException {
        List<SignedChange> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            byte[] body = new byte[3000];
            body[0] = (byte) i;
            many.add(new SignedChange(body, new byte[3373]));
        }
        SyncMessage first = SyncServer.batch(many, false);
        assertThat(first.encode().length)
                .isBetween(SyncMessage.MAX_BYTES - 8000, SyncMessage.MAX_BYTES);
        assertThat(((SyncMessage.Batch) first).more()).isTrue();
        assertThat(((SyncMessage.Batch) SyncServer.batch(many.subList(0, 5), false)).more())
                .isFalse();
        SignedChange longest =
                new SignedChange(
                        new byte[SignedChange.MAX_BODY_BYTES],
                        new byte[SignedChange.MAX_SIGNATURE_BYTES]);
        SyncMessage alone = SyncServer.batch(List.of(longest, many.get(0)), false);
        assertThat(alone).isEqualTo(new SyncMessage.Large(longest.id(), longest.encode().length));
        assertThat(SyncMessage.decode(alone.encode())).isEqualTo(alone);
        SyncMessage before = SyncServer.batch(List.of(many.get(0), longest), false);
        assertThat(((SyncMessage.Batch) before).changes()).containsExactly(many.get(0));
        assertThat(((SyncMessage.Batch) before).more()).isTrue();
    }
}
