package dev.parley.groups.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.groups.api.GroupId;
import dev.parley.identity.api.AgentId;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.time.Instant;
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
    private static Arbitrary<byte[]> bytes(int min, int max) {
        return Arbitraries.bytes().array(byte[].class).ofMinSize(min).ofMaxSize(max);
    }

    private static Arbitrary<Hash> hashes() {
        return bytes(32, 32).map(Hash::of);
    }

    private static Arbitrary<AgentId> agents() {
        return bytes(32, 32).map(AgentId::of);
    }

    private static Arbitrary<List<Step>> lineages() {
        return Combinators.combine(
                        hashes(),
                        Arbitraries.integers().between(0, 1),
                        agents(),
                        agents().list().ofMaxSize(3))
                .as(Step::new)
                .list()
                .ofMaxSize(4);
    }

    private static Arbitrary<List<UsedInvite>> used() {
        return Combinators.combine(
                        bytes(16, 16).map(HexFormat.of()::formatHex),
                        agents(),
                        Arbitraries.longs().between(0, 1L << 40).map(Instant::ofEpochSecond))
                .as(UsedInvite::new)
                .list()
                .ofMaxSize(3);
    }

    @Provide
    Arbitrary<Item> items() {
        return Arbitraries.oneOf(
                Combinators.combine(hashes(), bytes(1, 300)).as(Item.Commit::new),
                Combinators.combine(hashes(), bytes(1, 300)).as(Item.Message::new),
                Combinators.combine(hashes(), Arbitraries.longs().between(0, Long.MAX_VALUE))
                        .as(Item.Head::new));
    }

    @Provide
    Arbitrary<SyncMessage> messages() {
        Arbitrary<GroupId> groups = bytes(32, 32).map(GroupId::of);
        Arbitrary<Long> numbers = Arbitraries.longs().between(0, Long.MAX_VALUE);
        Arbitrary<List<Hash>> some = hashes().list().ofMaxSize(4);
        Arbitrary<Boolean> either = Arbitraries.of(true, false);
        return Arbitraries.oneOf(
                Combinators.combine(groups, bytes(16, 16), bytes(0, 200), bytes(0, 64))
                        .as(SyncMessage.Join::new),
                Combinators.combine(bytes(0, 100), bytes(0, 100), used(), lineages())
                        .as(SyncMessage.Welcome::new),
                Combinators.combine(groups, some, some, Arbitraries.longs().list().ofMaxSize(5))
                        .as(SyncMessage.Pull::new),
                Combinators.combine(
                                hashes(),
                                numbers,
                                numbers,
                                either,
                                either,
                                items().list().ofMaxSize(4),
                                used(),
                                lineages())
                        .as(
                                (head, number, oldest, member, more, items, invites, lineage) ->
                                        new SyncMessage.Pulled(
                                                head, number, oldest, member, !member, more, items,
                                                invites, lineage)),
                groups.map(SyncMessage.AskInfo::new),
                Combinators.combine(bytes(0, 100), bytes(0, 100), used(), lineages())
                        .as(SyncMessage.Info::new),
                Combinators.combine(
                                hashes(), Arbitraries.integers().between(0, SyncMessage.MAX_BYTES))
                        .as(SyncMessage.Large::new),
                Combinators.combine(
                                hashes(), Arbitraries.integers().between(0, SyncMessage.MAX_BYTES))
                        .as(SyncMessage.AskPiece::new),
                bytes(1, 100).map(SyncMessage.Piece::new));
    }

    @Property
    void everyMessageComesBack(@ForAll("messages") SyncMessage message) throws MalformedException {
        SyncMessage back = SyncMessage.decode(message.encode());
        assertThat(back).hasSameClassAs(message);
        assertThat(back.encode()).isEqualTo(message.encode());
    }

    @Property
    void everyItemComesBack(@ForAll("items") Item item) throws MalformedException {
        Item back = Item.decode(item.encode());
        assertThat(back).hasSameClassAs(item);
        assertThat(back.encode()).isEqualTo(item.encode());
        assertThat(back.epoch()).isEqualTo(item.epoch());
    }

    @Property
    void everyProperPrefixIsMalformed(
            @ForAll("messages") SyncMessage message, @ForAll @IntRange(max = 99) int percent) {
        byte[] whole = message.encode();
        // The content of a piece is what is left; all others end where they say.
        int cut = message instanceof SyncMessage.Piece ? 1 : whole.length * percent / 100;
        assertThatThrownBy(() -> SyncMessage.decode(Arrays.copyOf(whole, cut)))
                .isInstanceOf(MalformedException.class);
    }

    @Property
    void anythingAppendedIsMalformed(@ForAll("messages") SyncMessage message, @ForAll byte more) {
        if (!(message instanceof SyncMessage.Piece)) {
            byte[] longer = Arrays.copyOf(message.encode(), message.encode().length + 1);
            longer[longer.length - 1] = more;
            assertThatThrownBy(() -> SyncMessage.decode(longer))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Property(tries = 5000)
    void noiseNeverSurprises(@ForAll @IntRange(max = 10) int kind, @ForAll byte[] noise) {
        byte[] bytes = Arrays.copyOf(new byte[] {(byte) kind}, noise.length + 1);
        System.arraycopy(noise, 0, bytes, 1, noise.length);
        decodes(() -> SyncMessage.decode(bytes));
        decodes(() -> Item.decode(bytes));
        decodes(() -> Content.decode(noise));
        decodes(() -> Charter.decode(noise));
        decodes(() -> InviteRecord.decode(noise));
        decodes(() -> Admitted.decode(noise));
    }

    @Property
    void aChangedByteNeverSurprises(
            @ForAll("messages") SyncMessage message,
            @ForAll @IntRange(max = 9999) int place,
            @ForAll byte value) {
        byte[] bytes = message.encode();
        bytes[place % bytes.length] = value;
        decodes(() -> SyncMessage.decode(bytes));
    }

    private interface Decoding {
        void run() throws MalformedException;
    }

    private static void decodes(Decoding decoding) {
        try {
            decoding.run();
        } catch (MalformedException e) {
            assertThat(e.reason()).isNotNull();
        }
    }

    @Test
    void aHugeCountIsRefusedBeforeAnythingIsAllocated() {
        byte[] pull = new ByteWriter(64).u8(3).bytes(new byte[32]).varint(1L << 40).toByteArray();
        assertThatThrownBy(() -> SyncMessage.decode(pull))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("at most 128");
    }
}
