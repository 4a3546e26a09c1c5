package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.History;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MemoryHistory;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.StoreInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What one author who follows no rule can try to do to all others. */
class AttackTest {
    private static final Path TEXT = Path.ROOT.at("text", ObjectType.TEXT);
    private static final Path STOCK = Path.ROOT.at("stock", ObjectType.ESCROW);
    private static final Path TITLE = Path.ROOT.at("title", ObjectType.REGISTER);
    private static final long NOW = Replicas.NOW;
    private static final Id EVIL = Replicas.author(7);

    private final Replicas replicas = Replicas.open(1);
    private final Forge forge = new Forge(replicas.info);

    private static Operation insert(@Nullable Ref left, @Nullable Ref right, String text) {
        return new Operation.Insert(TEXT, new Operation.Origins(left, right), text, text.length());
    }

    private static final class Disk implements History {
        private final List<SignedChange> changes = new ArrayList<>();

        @Override
        public void append(SignedChange change) {
            changes.add(change);
        }

        @Override
        public SignedChange get(int index) {
            return changes.get(index);
        }
    }

    /** Where origins stand that the change itself made is nobody's business; the place is clear. */
    @Test
    void aRightOriginBeforeItsElementMakesNoSnapshotUnreadable() throws Exception {
        SignedChange first =
                forge.write(
                        EVIL,
                        null,
                        List.of(),
                        NOW,
                        insert(null, null, "ab"),
                        insert(Ref.own(1), null, "c"),
                        insert(Ref.own(2), Ref.own(0), "d"));
        Replica replica = Replica.create(replicas.info);
        replica.receive(first, NOW);
        assertThat(replica.isVoid(first.id())).isFalse();
        Snapshot snapshot = replica.snapshot(replica.heads(""), false);
        Replica newcomer =
                Replica.fromCheckpoint(
                        snapshot.checkpoint(), snapshot.file(), new MemoryHistory(), event -> {});
        SignedChange second =
                forge.write(
                        EVIL,
                        first,
                        List.of(),
                        NOW + 1,
                        insert(Ref.own(2), Ref.own(0), "e"),
                        insert(Ref.own(3), null, "f"));
        replica.receive(second, NOW);
        newcomer.receive(second, NOW);
        assertThat(newcomer.state().text(TEXT)).isEqualTo(replica.state().text(TEXT));
        replica.compact(snapshot.checkpoint(), snapshot.file());
        assertThat(newcomer.state().text(TEXT)).isEqualTo(replica.state().text(TEXT));
    }

    /** A role that was taken later is in the index before the change of the branch is. */
    @Test
    void anIndexJudgesABranchByTheRolesInItsPast() throws Exception {
        StoreInfo info = new Replicas(1, StoreInfo.Mode.SHARED, false).info;
        Forge in = new Forge(info);
        Id owner = Replicas.author(0);
        Id writer = Replicas.author(3);
        SignedChange given = in.write(owner, null, List.of(), NOW, role(writer, Role.WRITER));
        SignedChange draft =
                in.write(
                        writer,
                        "draft",
                        null,
                        List.of(given),
                        NOW + 1,
                        new Operation.Set(TITLE, Scalar.of("draft")));
        List<SignedChange> all = new ArrayList<>(List.of(given, draft));
        SignedChange last = given;
        for (int i = 0; i < 300; i++) {
            last = in.write(owner, last, List.of(), NOW + 2 + i, role(writer, Role.NONE));
            all.add(last);
        }
        Disk disk = new Disk();
        Replica replica = Replica.create(info, disk, event -> {});
        all.forEach(it -> replica.receive(it, NOW));
        Replica again =
                Replica.fromIndex(replica.index(), Optional.empty(), disk, all.size(), event -> {});
        assertThat(replica.isVoid(draft.id())).isFalse();
        assertThat(again.isVoid(draft.id())).isFalse();
        assertThat(again.state("draft").register(TITLE)).contains(Scalar.of("draft"));
        assertThat(again.members()).isEqualTo(replica.members());
    }

    private static Operation role(Id agent, Role role) {
        return new Operation.SetRole(Path.ROOT, agent, role.ordinal());
    }

    @Test
    void aShareThatForksTookBelowZeroForbidsNoClear() {
        SignedChange minted = forge.write(EVIL, null, List.of(), NOW, new Operation.Mint(STOCK, 1));
        SignedChange one =
                forge.write(EVIL, minted, List.of(), NOW + 1, new Operation.Spend(STOCK, 1));
        SignedChange other =
                forge.write(
                        EVIL,
                        minted,
                        List.of(),
                        NOW + 1,
                        new Operation.Transfer(STOCK, Replicas.author(2), 1));
        SignedChange cleared =
                forge.write(
                        EVIL,
                        one,
                        List.of(other),
                        NOW + 2,
                        new Operation.Clear(STOCK),
                        new Operation.Set(TITLE, Scalar.of("said")));
        Replica replica = Replica.create(replicas.info);
        List.of(minted, one, other, cleared).forEach(it -> replica.receive(it, NOW));
        assertThat(replica.state().shares(STOCK))
                .containsEntry(EVIL, -1L)
                .containsEntry(Replicas.author(2), 1L);
        assertThat(replica.isVoid(cleared.id())).isFalse();
    }

    /** Who forks with its first operation names nothing by having forked. */
    @Test
    void anAuthorIsNamedByTheForksInThePastAloneNotByItsOwnNewOne() {
        SignedChange one = forge.write(EVIL, null, List.of(), NOW, insert(null, null, "a"));
        Ref named = new Ref(new AgentName(EVIL, ""), one.id(), 0);
        SignedChange first =
                forge.write(EVIL, null, List.of(one), NOW + 1, insert(named, null, "x"));
        SignedChange second =
                forge.write(
                        EVIL,
                        null,
                        List.of(one),
                        NOW + 2,
                        new Operation.Note(Path.ROOT),
                        insert(named, null, "y"));
        SignedChange then = forge.write(EVIL, second, List.of(), NOW + 3, insert(named, null, "z"));
        Replica replica = Replica.create(replicas.info);
        List.of(one, first, second, then).forEach(it -> replica.receive(it, NOW));
        assertThat(replica.isVoid(first.id())).isTrue();
        assertThat(replica.isVoid(second.id())).isTrue();
        assertThat(replica.isVoid(then.id())).isFalse();
        assertThat(replica.state().text(TEXT)).isEqualTo("az");
    }

    /** An honest edit beside what others wrote builds on all that it names. */
    @Test
    void anEditAmongMoreHeadsThanAChangeCanNameIsVoidNowhere() throws Exception {
        Replicas.Peer honest = replicas.get(0);
        honest.write(it -> it.text(TEXT).insert(0, "honest"));
        Replica other = Replica.create(replicas.info);
        List<SignedChange> crowd = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] key = new byte[Id.BYTES];
            key[0] = 1;
            key[1] = (byte) (i >>> 8);
            key[2] = (byte) i;
            crowd.add(forge.write(Id.of(key), null, List.of(), NOW, insert(null, null, "x")));
        }
        crowd.forEach(it -> honest.replica.receive(it, NOW));
        List<SignedChange> made = new ArrayList<>();
        for (int position : new int[] {1, 150, 300}) {
            made.add(honest.write(it -> it.text(TEXT).insert(position, "!")));
        }
        for (int i = 0; i < honest.replica.size(); i++) {
            other.receive(honest.replica.change(i), NOW);
        }
        for (SignedChange each : made) {
            assertThat(other.isVoid(each.id())).isFalse();
        }
        assertThat(other.state().text(TEXT)).isEqualTo(honest.replica.state().text(TEXT));
        assertThat(honest.replica.heads()).hasSize(1);
    }
}
