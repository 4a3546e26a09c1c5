package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.IdentityPolicy;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.api.MlsLibrary;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.group.People.Person;
import dev.parley.mls.internal.node.Extension;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.Node;
import dev.parley.mls.internal.proposal.Commit;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.proposal.ProposalOrRef;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.mls.internal.tree.RatchetTree;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.mls.internal.welcome.GroupInfo;
import dev.parley.mls.internal.welcome.GroupSecrets;
import dev.parley.mls.internal.welcome.WelcomeCrypto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ways into a group, and who is kept out: welcomes, external commits, successors. */
class JoiningTest {
    private static final CipherSuite SUITE = CipherSuites.standard().find(1).orElseThrow();

    private final People people = new People(1, 11);
    private Person alice;
    private Person bob;
    private Person carol;

    @BeforeEach
    void three() throws MlsException {
        alice = people.founder("alice");
        bob = people.add(alice, "bob");
        carol = people.add(alice, "carol", bob);
    }

    private static void assertReason(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Reason reason) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MlsException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    private static void assertRefused(Person person, byte[] message, Reason reason) {
        assertThat(person.receive(message))
                .isInstanceOfSatisfying(
                        Received.Refused.class,
                        each -> assertThat(each.reason()).as(each.message()).isEqualTo(reason));
    }

    /** Joins with a library that believes something else about who is who. */
    private Committed external(Client client, IdentityPolicy policy) throws MlsException {
        Mls mls = MlsLibrary.of(People.random(12), policy);
        return mls.joinByCommit(
                alice.state.groupInfo(alice.client.signer(), true, true),
                client,
                Optional.empty(),
                List.of(),
                PskSource.NONE,
                People.NOTHING,
                People.NOW);
    }

    @Test
    void b14AnExternalCommitRemovesNobodyElse() throws MlsException {
        Client mallory = people.client("mallory");
        IdentityPolicy asCarol =
                (credential, key, place, old) ->
                        java.util.Arrays.equals(key, mallory.signer().publicKey())
                                ? People.id("carol")
                                : People.POLICY.identify(credential, key, place, old);
        Committed evil = external(mallory, asCarol);
        assertThat(evil.staged().changes()).hasSize(2);
        assertRefused(bob, evil.message(), Reason.EXTERNAL_REMOVES_OTHER);
    }

    @Test
    void nobodyJoinsByACommitTwice() throws MlsException {
        Client second = people.client("bob:2");
        IdentityPolicy blind =
                (credential, key, place, old) ->
                        java.util.Arrays.equals(key, second.signer().publicKey())
                                ? People.id("nobody")
                                : People.POLICY.identify(credential, key, place, old);
        assertRefused(alice, external(second, blind).message(), Reason.DUPLICATE_MEMBER);
    }

    @Test
    void externalCommitsHaveTheirOwnRules() throws MlsException {
        Client dave = people.client("dave");
        Commit good = Forger.commitOf(external(dave, People.POLICY).message());
        ProposalOrRef init = good.proposals().get(0);
        ProposalOrRef remove = Forger.value(new Proposal.Remove(1));
        assertExternal(dave, good, Reason.EXTERNAL_INIT_COUNT);
        assertExternal(dave, good, Reason.EXTERNAL_INIT_COUNT, init, init);
        assertExternal(dave, good, Reason.EXTERNAL_REMOVES, init, remove, remove);
        assertExternal(
                dave,
                good,
                Reason.EXTERNAL_PROPOSAL_TYPE,
                init,
                Forger.value(new Proposal.GroupContextExtensions(Extensions.NONE)));
        assertExternal(
                dave,
                good,
                Reason.EXTERNAL_BY_REFERENCE,
                init,
                new ProposalOrRef.ByRef(Bytes.wrap(new byte[32])));
        ProposalOrRef psk =
                Forger.value(
                        new Proposal.PreSharedKey(
                                new PreSharedKeyId.External(
                                        Bytes.EMPTY, Bytes.wrap(new byte[32]))));
        assertExternal(dave, good, Reason.DUPLICATE_PSK, init, psk, psk);
        Commit bare = new Commit(good.proposals(), Optional.empty());
        assertExternal(dave, bare, Reason.MISSING_PATH, init);
    }

    private void assertExternal(Client dave, Commit good, Reason reason, ProposalOrRef... proposals)
            throws MlsException {
        byte[] forged =
                new Forger(alice)
                        .message(
                                new Sender.NewMemberCommit(),
                                new Content.Commit(new Commit(List.of(proposals), good.path())),
                                dave);
        assertRefused(bob, forged, reason);
    }

    @Test
    void theOnlyMemberComesBackInsteadOfItself() throws MlsException {
        Person single = people.founder("zoe");
        Client again = people.client("zoe:2");
        Committed back =
                people.mls.joinByCommit(
                        single.state.groupInfo(single.client.signer(), true, true),
                        again,
                        Optional.empty(),
                        List.of(),
                        PskSource.NONE,
                        People.NOTHING,
                        People.NOW);
        assertThat(single.receive(back.message())).isInstanceOf(Received.Evicted.class);
        Person there = new Person(again, back.staged().next());
        assertThat(there.state.members()).hasSize(1);
        Person yan = people.add(there, "yan");
        assertThat(yan.state.epochAuthenticator()).isEqualTo(there.state.epochAuthenticator());
    }

    @Test
    void aGroupInfoWithoutKeyOrTreeLetsNobodyIn() throws MlsException {
        Client dave = people.client("dave");
        byte[] noKey = alice.state.groupInfo(alice.client.signer(), true, false);
        byte[] noTree = alice.state.groupInfo(alice.client.signer(), false, true);
        assertReason(() -> join(noKey, dave, Optional.empty()), Reason.NO_EXTERNAL_KEY);
        assertReason(() -> join(noTree, dave, Optional.empty()), Reason.NO_TREE);
        Optional<byte[]> other = Optional.of(people.founder("x").state.ratchetTree());
        assertReason(() -> join(noTree, dave, other), Reason.BAD_SIGNATURE);
        assertReason(
                () -> join(people.keyPackage(dave).message(), dave, Optional.empty()),
                Reason.WRONG_MESSAGE);
        byte[] otherSuite = new People(3, 1).founder("x").state.groupInfo(signerOf(3), true, true);
        assertReason(() -> join(otherSuite, dave, Optional.empty()), Reason.WRONG_SUITE);
    }

    private static dev.parley.mls.api.Signer signerOf(int suite) throws MlsException {
        return new People(suite, 1).founder("x").client.signer();
    }

    private void join(byte[] info, Client client, Optional<byte[]> tree) throws MlsException {
        people.mls.joinByCommit(
                info, client, tree, List.of(), PskSource.NONE, People.NOTHING, People.NOW);
    }

    /** A welcome to dave with a group info of our making. */
    private Person welcomed(
            Optional<byte[]> tree,
            java.util.function.UnaryOperator<GroupInfo> change,
            List<PreSharedKeyId> psks)
            throws MlsException {
        Client dave = people.client("dave");
        OwnKeyPackage own = people.keyPackage(dave);
        Committed made = alice.commit(new Proposing.Add(own.message()));
        Epoch epoch = ((Group) made.staged().next()).epochOf();
        GroupInfo changed =
                change.apply(CommitMaker.groupInfo(epoch, alice.client.signer(), true, false));
        GroupInfo signed =
                changed.withSignature(
                        SUITE.signWithLabel(
                                alice.client.signer(), GroupInfo.LABEL, changed.signedBytes()));
        Secret joiner = Secret.zeros(32);
        byte[] welcome =
                new MlsMessage.OfWelcome(
                                WelcomeCrypto.seal(
                                        SUITE,
                                        signed,
                                        joiner,
                                        Secret.zeros(32),
                                        List.of(
                                                new WelcomeCrypto.Recipient(
                                                        KeyPackages.decode(own.message()),
                                                        new GroupSecrets(
                                                                joiner, Optional.empty(), psks))),
                                        People.random(5),
                                        Runnable::run))
                        .encode();
        return new Person(
                dave, people.mls.join(welcome, own, dave, tree, PskSource.NONE, People.NOW));
    }

    private static GroupInfo with(GroupInfo info, GroupContext context, Extensions extensions) {
        return new GroupInfo(
                context, extensions, info.confirmationTag(), info.signer(), info.signature());
    }

    private static GroupContext with(GroupContext old, int version, int suite, Bytes treeHash) {
        return new GroupContext(
                version,
                suite,
                old.groupId(),
                old.epoch(),
                treeHash,
                old.confirmedTranscriptHash(),
                old.extensions());
    }

    @Test
    void aWelcomeIsCheckedFromEndToEnd() {
        assertReason(
                () -> welcomed(Optional.empty(), info -> info, List.of()),
                Reason.BAD_CONFIRMATION_TAG);
        assertReason(
                () ->
                        welcomed(
                                Optional.empty(),
                                info -> with(info, info.groupContext(), Extensions.NONE),
                                List.of()),
                Reason.NO_TREE);
        assertReason(
                () ->
                        welcomed(
                                Optional.empty(),
                                info ->
                                        with(
                                                info,
                                                with(
                                                        info.groupContext(),
                                                        2,
                                                        1,
                                                        info.groupContext().treeHash()),
                                                info.extensions()),
                                List.of()),
                Reason.WRONG_VERSION);
        assertReason(
                () ->
                        welcomed(
                                Optional.empty(),
                                info ->
                                        with(
                                                info,
                                                with(
                                                        info.groupContext(),
                                                        1,
                                                        3,
                                                        info.groupContext().treeHash()),
                                                info.extensions()),
                                List.of()),
                Reason.WRONG_SUITE);
        assertReason(
                () ->
                        welcomed(
                                Optional.empty(),
                                info ->
                                        with(
                                                info,
                                                with(info.groupContext(), 1, 1, Bytes.EMPTY),
                                                info.extensions()),
                                List.of()),
                Reason.TREE_HASH_MISMATCH);
        assertReason(
                () ->
                        welcomed(
                                Optional.empty(),
                                info ->
                                        with(
                                                info,
                                                info.groupContext(),
                                                new Extensions(
                                                        List.of(
                                                                info.extensions().items().get(0),
                                                                info.extensions().items().get(0)))),
                                List.of()),
                Reason.DUPLICATE_EXTENSION);
        assertReason(
                () ->
                        welcomed(
                                Optional.empty(),
                                info -> info,
                                List.of(
                                        new PreSharedKeyId.External(
                                                Bytes.EMPTY, Bytes.wrap(new byte[31])))),
                Reason.BAD_PSK_NONCE);
        PreSharedKeyId branch =
                new PreSharedKeyId.Resumption(
                        PreSharedKeyId.Usage.BRANCH, Bytes.EMPTY, 0, Bytes.wrap(new byte[32]));
        assertReason(
                () -> welcomed(Optional.empty(), info -> info, List.of(branch)),
                Reason.WRONG_ORIGIN);
        assertReason(
                () -> welcomed(Optional.empty(), info -> info, List.of(branch, branch)),
                Reason.BAD_PSK_USAGE);
    }

    @Test
    void b4AForgedLeafInTheTreeIsRefusedOnJoining() {
        assertReason(
                () ->
                        welcomed(
                                Optional.empty(),
                                info -> withTree(info, JoiningTest::forgeBob),
                                List.of()),
                Reason.BAD_SIGNATURE);
    }

    @Test
    void b4AnIdentityThatTheCallerRefusesIsRefusedInTheTreeToo() throws MlsException {
        Mls strict =
                MlsLibrary.of(
                        People.random(5),
                        (credential, key, place, old) -> {
                            if (place == IdentityPolicy.Place.TREE
                                    && new String(
                                                    credential.body(),
                                                    java.nio.charset.StandardCharsets.UTF_8)
                                            .equals("bob")) {
                                throw new MlsException(Reason.IDENTITY_REFUSED, "not him");
                            }
                            return People.POLICY.identify(credential, key, place, old);
                        });
        Client dave = people.client("dave");
        OwnKeyPackage own = people.keyPackage(dave);
        Committed made = alice.commit(new Proposing.Add(own.message()));
        assertReason(
                () ->
                        strict.join(
                                made.welcome().orElseThrow(),
                                own,
                                dave,
                                Optional.empty(),
                                PskSource.NONE,
                                People.NOW),
                Reason.IDENTITY_REFUSED);
        assertReason(
                () ->
                        people.mls.join(
                                made.welcome().orElseThrow(),
                                own,
                                people.client("dave"),
                                Optional.empty(),
                                PskSource.NONE,
                                People.NOW),
                Reason.BAD_KEY);
        assertReason(
                () ->
                        people.mls.join(
                                made.welcome().orElseThrow(),
                                people.keyPackage(dave),
                                dave,
                                Optional.empty(),
                                PskSource.NONE,
                                People.NOW),
                Reason.NO_SUCH_MEMBER);
    }

    private static List<Optional<Node>> forgeBob(List<Optional<Node>> nodes) {
        List<Optional<Node>> changed = new ArrayList<>(nodes);
        LeafNode bob = ((Node.Leaf) nodes.get(2).orElseThrow()).leaf();
        changed.set(2, Optional.of(new Node.Leaf(Forger.withName(bob, "mallory"))));
        return changed;
    }

    private static GroupInfo withTree(
            GroupInfo info, java.util.function.UnaryOperator<List<Optional<Node>>> change) {
        try {
            Bytes old = info.extensions().find(Extension.RATCHET_TREE).orElseThrow();
            List<Optional<Node>> nodes =
                    change.apply(
                            dev.parley.mls.internal.codec.Decoder.decode(
                                    Node::readTree, old.array(), "tree"));
            TlsWriter out = new TlsWriter();
            Node.writeTree(out, nodes);
            Bytes hash = RatchetTree.of(SUITE, nodes).treeHash();
            return with(
                    info,
                    with(info.groupContext(), 1, 1, hash),
                    Extensions.of(
                            new Extension(Extension.RATCHET_TREE, Bytes.wrap(out.toByteArray()))));
        } catch (dev.parley.wire.api.MalformedException | MlsException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoDoesNotSeeItsLeafInTheTreeDoesNotJoin() {
        assertReason(
                () ->
                        welcomed(
                                Optional.empty(),
                                info -> withTree(info, JoiningTest::withoutLast),
                                List.of()),
                Reason.NOT_IN_TREE);
    }

    /** Carol's and dave's leaves and what is above them blank, which leaves a good tree. */
    private static List<Optional<Node>> withoutLast(List<Optional<Node>> nodes) {
        List<Optional<Node>> left = new ArrayList<>(nodes.subList(0, 3));
        left.set(1, Optional.empty());
        return left;
    }

    @Test
    void aWelcomeForAnotherSuiteOrNoneAtAll() throws MlsException {
        People others = new People(3, 2);
        Client yan = others.client("yan");
        Client dave = people.client("dave");
        Person zoe = others.founder("zoe");
        byte[] welcome =
                zoe.commit(new Proposing.Add(others.keyPackage(yan).message()))
                        .welcome()
                        .orElseThrow();
        assertReason(() -> joinBy(welcome, dave), Reason.WRONG_SUITE);
        assertReason(() -> joinBy(people.keyPackage(dave).message(), dave), Reason.WRONG_MESSAGE);
        assertReason(() -> joinBy(new byte[3], dave), Reason.MALFORMED);
        assertRefused(alice, welcome, Reason.WRONG_MESSAGE);
        assertThat(alice.receive(new byte[3]))
                .isInstanceOfSatisfying(
                        Received.Refused.class,
                        each -> assertThat(each.reason()).isEqualTo(Reason.MALFORMED));
    }

    private void joinBy(byte[] welcome, Client client) throws MlsException {
        people.mls.join(
                welcome,
                people.keyPackage(client),
                client,
                Optional.empty(),
                PskSource.NONE,
                People.NOW);
    }

    @Test
    void aGroupGoesOnAsAnother() throws MlsException {
        List<MlsExtension> extensions =
                List.of(new MlsExtension(Extension.APPLICATION_ID, People.bytes("x")));
        Committed end = alice.commit(new Proposing.ReInit(People.bytes("next"), 3, extensions));
        bob.follow(end.message());
        carol.follow(end.message());
        alice.state = end.staged().next();
        bob.state = people.mls.decode(bob.state.encode(), List.of());
        assertReason(() -> alice.say("more"), Reason.GROUP_ENDED);
        assertReason(() -> bob.commit(), Reason.GROUP_ENDED);

        People next = new People(3, 20);
        Client a = next.client("alice");
        Client b = next.client("bob");
        Client c = next.client("carol");
        OwnKeyPackage forBob = next.keyPackage(b);
        OwnKeyPackage forCarol = next.keyPackage(c);
        assertReason(
                () -> next.mls.succeed(alice.state, a, List.of(forBob.message()), People.NOW),
                Reason.NOT_AS_AGREED);
        Committed made =
                next.mls.succeed(
                        alice.state, a, List.of(forBob.message(), forCarol.message()), People.NOW);
        byte[] welcome = made.welcome().orElseThrow();
        GroupState there =
                next.mls.joinSuccessor(
                        welcome,
                        forBob,
                        b,
                        Optional.empty(),
                        bob.state,
                        PskSource.NONE,
                        People.NOW);
        assertThat(there.groupId()).isEqualTo(People.bytes("next"));
        assertThat(there.epoch()).isEqualTo(1);
        assertThat(there.extensions()).isEqualTo(extensions);
        assertThat(there.epochAuthenticator()).isEqualTo(made.staged().next().epochAuthenticator());
        assertReason(
                () ->
                        next.mls.join(
                                welcome, forCarol, c, Optional.empty(), PskSource.NONE, People.NOW),
                Reason.WRONG_ORIGIN);
        assertReason(
                () ->
                        next.mls.joinSuccessor(
                                welcome,
                                forCarol,
                                c,
                                Optional.empty(),
                                there,
                                PskSource.NONE,
                                People.NOW),
                Reason.UNKNOWN_PSK);
        assertReason(() -> next.mls.succeed(there, a, List.of(), People.NOW), Reason.WRONG_ORIGIN);
    }

    @Test
    void someMembersBranchOff() throws MlsException {
        Client b = people.client("bob");
        OwnKeyPackage forBob = people.keyPackage(b);
        Client a = people.client("alice");
        Committed made =
                people.mls.branch(
                        alice.state,
                        a,
                        People.bytes("side"),
                        List.of(),
                        List.of(forBob.message()),
                        People.NOW);
        GroupState side =
                people.mls.joinSuccessor(
                        made.welcome().orElseThrow(),
                        forBob,
                        b,
                        Optional.empty(),
                        bob.state,
                        PskSource.NONE,
                        People.NOW);
        assertThat(side.epochAuthenticator()).isEqualTo(made.staged().next().epochAuthenticator());
        Client dave = people.client("dave");
        byte[] stranger = people.keyPackage(dave).message();
        assertReason(
                () ->
                        people.mls.branch(
                                alice.state,
                                a,
                                People.bytes("side"),
                                List.of(),
                                List.of(stranger),
                                People.NOW),
                Reason.NOT_AS_AGREED);
        Committed plain = alice.commit(new Proposing.Add(stranger));
        OwnKeyPackage own = people.keyPackage(dave);
        Committed ordinary = alice.commit(new Proposing.Add(own.message()));
        assertThat(plain.welcome()).isPresent();
        assertReason(
                () ->
                        people.mls.joinSuccessor(
                                ordinary.welcome().orElseThrow(),
                                own,
                                dave,
                                Optional.empty(),
                                alice.state,
                                PskSource.NONE,
                                People.NOW),
                Reason.WRONG_ORIGIN);
    }

    @Test
    void preSharedKeysComeFromOutsideAndFromEarlierEpochs() throws MlsException {
        byte[] secret = People.bytes("thirty-two bytes of a common key");
        byte[] resumption = carol.state.resumptionPsk();
        long epoch = carol.state.epoch();
        Committed update = alice.commit();
        bob.follow(update.message());
        alice.state = update.staged().next();
        PskSource source =
                new PskSource() {
                    @Override
                    public Optional<byte[]> external(byte[] id) {
                        return Optional.of(secret.clone());
                    }

                    @Override
                    public Optional<byte[]> resumption(byte[] groupId, long of) {
                        return of == epoch ? Optional.of(resumption.clone()) : Optional.empty();
                    }
                };
        Client dave = people.client("dave");
        OwnKeyPackage own = people.keyPackage(dave);
        Committed made =
                alice.state.commit(
                        alice.request(
                                new Proposing.Add(own.message()),
                                new Proposing.ExternalPsk(People.bytes("id")),
                                new Proposing.ResumptionPsk(alice.state.groupId(), epoch)),
                        source,
                        People.NOW);
        assertRefused(bob, made.message(), Reason.UNKNOWN_PSK);
        Received.Commit read =
                (Received.Commit) bob.state.receive(made.message(), source, People.NOW);
        GroupState joined =
                people.mls.join(
                        made.welcome().orElseThrow(),
                        own,
                        dave,
                        Optional.empty(),
                        source,
                        People.NOW);
        assertThat(joined.epochAuthenticator())
                .isEqualTo(read.staged().next().epochAuthenticator());
    }
}
