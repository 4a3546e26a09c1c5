package dev.parley.groups.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.groups.api.GroupId;
import dev.parley.groups.internal.core.CommitRules.NotAllowedException;
import dev.parley.groups.internal.format.Admitted;
import dev.parley.groups.internal.format.Charter;
import dev.parley.groups.internal.format.LeafCertificate;
import dev.parley.groups.internal.format.Step;
import dev.parley.identity.api.AgentId;
import dev.parley.mls.api.Client;
import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.api.SendReservation;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commits that MLS takes, made by members whose containers keep to no rules but those of MLS. */
class CommitRulesTest {
    private static final GroupId GROUP = GroupId.of(new byte[32]);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Random dice = new Random(5);
    private final Setup admin = setup();
    private final Setup member = setup();
    private final Setup third = setup();
    private final Client adminClient = client(admin);
    private final Client memberClient = client(member);
    private final Client thirdClient = client(third);
    private final Charter charter =
            new Charter("friends", "", new byte[32], new TreeSet<>(List.of(admin.self())), false);
    private Optional<GroupState> atAdmin = Optional.empty();
    private Optional<GroupState> atMember = Optional.empty();

    private Setup setup() {
        return Setup.of(GROUP, Sim.NETWORK, new Sim.Key(dice), new SecureRandom());
    }

    private static Client client(Setup setup) {
        try {
            byte[] key = setup.mls().newSignatureKey(Setup.CIPHER_SUITE);
            return new Client(
                    Setup.CIPHER_SUITE,
                    LeafCertificate.issue(
                            setup.certifier(),
                            GROUP,
                            Setup.CIPHER_SUITE,
                            setup.mls().signer(Setup.CIPHER_SUITE, key).publicKey()),
                    setup.mls().signer(Setup.CIPHER_SUITE, key),
                    List.of(),
                    List.of(Charter.EXTENSION_TYPE, 0xF0FF),
                    List.of());
        } catch (dev.parley.mls.api.MlsException e) {
            throw new AssertionError(e);
        }
    }

    private static OwnKeyPackage keyPackage(Setup setup, Client client) throws Exception {
        return setup.mls().newKeyPackage(client, Duration.ofDays(1), NOW);
    }

    @BeforeEach
    void begin() throws Exception {
        GroupState alone =
                admin.mls().create(adminClient, GROUP.bytes(), List.of(charter.extension()), NOW);
        OwnKeyPackage own = keyPackage(member, memberClient);
        Committed added = commit(alone, adminClient, new byte[0], new Proposing.Add(own.message()));
        atAdmin = Optional.of(added.staged().next());
        atMember =
                Optional.of(
                        member.mls()
                                .join(
                                        added.welcome().orElseThrow(),
                                        own,
                                        memberClient,
                                        Optional.of(atAdmin.get().ratchetTree()),
                                        PskSource.NONE,
                                        NOW));
    }

    private static Committed commit(GroupState state, Client client, byte[] data, Proposing... what)
            throws Exception {
        SendReservation reservation = state.reserve(8);
        reservation.durable();
        return state.commit(
                new CommitRequest(List.of(what), List.of(), true, true, false, data, client),
                PskSource.NONE,
                NOW);
    }

    private EpochNode parent(GroupState state) throws Exception {
        return new EpochNode(
                new Step(
                        EpochNode.id(GROUP, state.epoch(), state.confirmedTranscriptHash()),
                        1,
                        admin.self(),
                        List.of()),
                EpochNode.NO_PARENT,
                state.epoch(),
                List.of(),
                Optional.of(EpochNode.Inside.of(state)),
                NOW,
                new Intent.Nothing());
    }

    /** As the other of the two receives it. */
    private EpochNode judge(GroupState at, Committed made) throws Exception {
        Received received = at.receive(made.message(), PskSource.NONE, NOW);
        assertThat(received).isInstanceOf(Received.Commit.class);
        return CommitRules.judge(
                GROUP,
                parent(at),
                ((Received.Commit) received).staged(),
                NOW,
                new Intent.Nothing());
    }

    private EpochNode byAdmin(byte[] data, Proposing... what) throws Exception {
        Committed made = commit(atAdmin.orElseThrow(), adminClient, data, what);
        EpochNode own =
                CommitRules.judge(
                        GROUP,
                        parent(atAdmin.orElseThrow()),
                        made.staged(),
                        NOW,
                        new Intent.Nothing());
        EpochNode seen = judge(atMember.orElseThrow(), made);
        assertThat(seen.step()).isEqualTo(own.step());
        return seen;
    }

    private void refusedByMember(String why, Proposing... what) throws Exception {
        Committed made = commit(atMember.orElseThrow(), memberClient, new byte[0], what);
        assertThatThrownBy(() -> judge(atAdmin.orElseThrow(), made))
                .isInstanceOf(NotAllowedException.class)
                .hasMessageContaining(why);
    }

    private void refusedByAdmin(String why, byte[] data, Proposing... what) throws Exception {
        Committed made = commit(atAdmin.orElseThrow(), adminClient, data, what);
        assertThatThrownBy(() -> judge(atMember.orElseThrow(), made))
                .isInstanceOf(NotAllowedException.class)
                .hasMessageContaining(why);
    }

    private static Proposing extensions(MlsExtension... extensions) {
        return new Proposing.Extensions(List.of(extensions));
    }

    @Test
    void aMemberMakesNewKeysAndNothingElse() throws Exception {
        Committed keys = commit(atMember.orElseThrow(), memberClient, new byte[0]);
        EpochNode node = judge(atAdmin.orElseThrow(), keys);
        assertThat(node.step().rank()).isEqualTo(1);
        assertThat(node.step().committer()).isEqualTo(member.self());
        refusedByMember(
                "only admins add", new Proposing.Add(keyPackage(third, thirdClient).message()));
        refusedByMember("only admins change", extensions(charter.named("mine", "").extension()));
        refusedByMember(
                "only admins change", extensions(charter.withAdmin(member.self()).extension()));
        refusedByMember("only admins change", extensions(charter.ended().extension()));
    }

    @Test
    void aMemberRemovesNobody() throws Exception {
        OwnKeyPackage own = keyPackage(third, thirdClient);
        Committed added =
                commit(
                        atAdmin.orElseThrow(),
                        adminClient,
                        new byte[0],
                        new Proposing.Add(own.message()));
        GroupState three = added.staged().next();
        GroupState memberOfThree =
                ((Received.Commit)
                                atMember.orElseThrow()
                                        .receive(added.message(), PskSource.NONE, NOW))
                        .staged()
                        .next();
        int leaf = EpochNode.Inside.of(three).leaf(third.self());
        Committed removal =
                commit(memberOfThree, memberClient, new byte[0], new Proposing.Remove(leaf));
        assertThatThrownBy(() -> judge(three, removal))
                .isInstanceOf(NotAllowedException.class)
                .hasMessageContaining("only admins remove");
        EpochNode fair =
                judge(
                        memberOfThree,
                        commit(three, adminClient, new byte[0], new Proposing.Remove(leaf)));
        assertThat(fair.step().removed()).containsExactly(third.self());
        assertThat(fair.step().rank()).isZero();
    }

    @Test
    void anAdminMayDoWhatAdminsDo() throws Exception {
        AgentId agent = third.self();
        byte[] data =
                Admitted.encode(List.of(new Admitted("00112233445566778899aabbccddeeff", agent)));
        EpochNode added =
                byAdmin(data, new Proposing.Add(keyPackage(third, thirdClient).message()));
        assertThat(added.admitted()).extracting(Admitted::agent).containsExactly(agent);
        EpochNode renamed = byAdmin(new byte[0], extensions(charter.named("b", "c").extension()));
        assertThat(renamed.inside().orElseThrow().charter().name()).isEqualTo("b");
        assertThat(renamed.step().rank()).isEqualTo(1);
        assertThat(byAdmin(new byte[0], extensions(charter.ended().extension())).step().rank())
                .isZero();
        byAdmin(new byte[0], extensions(charter.withAdmin(member.self()).extension()));
    }

    @Test
    void anAdminMayNotBreakTheGroup() throws Exception {
        refusedByAdmin(
                "at least one admin",
                new byte[0],
                extensions(charter.withoutAdmin(admin.self()).extension()));
        refusedByAdmin(
                "an admin is no member",
                new byte[0],
                extensions(charter.withAdmin(third.self()).extension()));
        refusedByAdmin(
                "field 3",
                new byte[0],
                extensions(
                        new Charter("a", "", new byte[] {1}, charter.admins(), false).extension()));
        byte[] otherTopic = new byte[32];
        otherTopic[0] = 1;
        refusedByAdmin(
                "the topic key",
                new byte[0],
                extensions(new Charter("a", "", otherTopic, charter.admins(), false).extension()));
        refusedByAdmin("no charter", new byte[0], extensions());
        refusedByAdmin(
                "other extensions",
                new byte[0],
                extensions(charter.extension(), new MlsExtension(0xF0FF, new byte[] {1})));
        refusedByAdmin(
                "who is not added",
                Admitted.encode(
                        List.of(new Admitted("00112233445566778899aabbccddeeff", third.self()))));
        refusedByAdmin("expected", new byte[] {1, 2});
    }

    @Test
    void afterTheEndNothingIsCommitted() throws Exception {
        Committed end =
                commit(
                        atAdmin.orElseThrow(),
                        adminClient,
                        new byte[0],
                        extensions(charter.ended().extension()));
        GroupState ended = end.staged().next();
        GroupState seen =
                ((Received.Commit)
                                atMember.orElseThrow().receive(end.message(), PskSource.NONE, NOW))
                        .staged()
                        .next();
        Committed more = commit(ended, adminClient, new byte[0]);
        assertThatThrownBy(() -> judge(seen, more))
                .isInstanceOf(NotAllowedException.class)
                .hasMessageContaining("closed");
    }
}
