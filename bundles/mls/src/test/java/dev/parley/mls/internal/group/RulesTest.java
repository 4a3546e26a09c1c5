package dev.parley.mls.internal.group;

import static dev.parley.mls.internal.group.Forger.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsCredential;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.api.MlsLibrary;
import dev.parley.mls.api.MlsLimits;
import dev.parley.mls.api.Proposed;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.group.People.Person;
import dev.parley.mls.internal.node.Extension;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.ExternalSender;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.LeafNodeSource;
import dev.parley.mls.internal.node.RequiredCapabilities;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.mls.internal.proposal.PreSharedKeyId.Usage;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.proposal.ProposalOrRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One broken rule each: the reason names it, and the group is as before. */
class RulesTest {
    private final People people = new People(1, 3);
    private Person alice;
    private Person bob;
    private Person carol;
    private Forger forger;

    @BeforeEach
    void three() throws MlsException {
        alice = people.founder("alice");
        bob = people.add(alice, "bob");
        carol = people.add(alice, "carol", bob);
        forger = new Forger(alice);
    }

    private void assertRefused(byte[] message, Reason reason) throws MlsException {
        Received received = bob.receive(message);
        assertThat(received).isInstanceOf(Received.Refused.class);
        Received.Refused refused = (Received.Refused) received;
        assertThat(refused.reason()).as(refused.message()).isEqualTo(reason);
        Committed good = carol.commit();
        assertThat(bob.receive(good.message())).isInstanceOf(Received.Commit.class);
    }

    private static void assertReason(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Reason reason) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MlsException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    private Proposal add(Client client) throws MlsException {
        return new Proposal.Add(KeyPackages.decode(people.keyPackage(client).message()));
    }

    private PreSharedKeyId external(int nonceLength) {
        return new PreSharedKeyId.External(
                Bytes.wrap(People.bytes("key")), Bytes.wrap(new byte[nonceLength]));
    }

    private static Proposal replace(Extension... extensions) {
        return new Proposal.GroupContextExtensions(Extensions.of(extensions));
    }

    private static Extension required(int extension, int proposal, int credential) {
        return new Extension(
                Extension.REQUIRED_CAPABILITIES,
                Bytes.wrap(
                        new RequiredCapabilities(
                                        extension == 0 ? List.of() : List.of(extension),
                                        proposal == 0 ? List.of() : List.of(proposal),
                                        credential == 0 ? List.of() : List.of(credential))
                                .encode()));
    }

    @Test
    void b10AReferenceToAnUnknownProposal() throws MlsException {
        assertRefused(
                forger.commit(Optional.empty(), new ProposalOrRef.ByRef(Bytes.wrap(new byte[32]))),
                Reason.UNKNOWN_PROPOSAL);
    }

    @Test
    void b10WhoMissedTheProposalOfAReinitializationDoesNotGoOn() throws MlsException {
        Proposed ended =
                carol.state.propose(
                        new Proposing.ReInit(People.bytes("next"), 1, List.of()),
                        carol.client,
                        false,
                        People.NOW);
        alice.state = ((Received.Proposal) alice.receive(ended.message())).next();
        byte[] commit = commitOf(alice, ended.reference()).message();
        assertRefused(commit, Reason.UNKNOWN_PROPOSAL);
        bob.state = ((Received.Proposal) bob.receive(ended.message())).next();
        bob.follow(commit);
        assertThat(bob.receive(carol.commit().message())).isInstanceOf(Received.Stale.class);
        assertReason(() -> bob.commit(), Reason.GROUP_ENDED);
    }

    private static Committed commitOf(Person person, byte[]... references) throws MlsException {
        return person.state.commit(
                new CommitRequest(
                        List.of(),
                        List.of(references),
                        false,
                        false,
                        true,
                        People.NOTHING,
                        person.client),
                PskSource.NONE,
                People.NOW);
    }

    @Test
    void oneReferenceTwice() throws MlsException {
        Proposed proposed =
                carol.state.propose(
                        new Proposing.ExternalPsk(People.bytes("key")),
                        carol.client,
                        false,
                        People.NOW);
        bob.state = ((Received.Proposal) bob.receive(proposed.message())).next();
        ProposalOrRef name = new ProposalOrRef.ByRef(Bytes.wrap(proposed.reference()));
        assertRefused(forger.commit(Optional.empty(), name, name), Reason.DUPLICATE_PROPOSAL);
    }

    @Test
    void theCommittersOwnUpdate() throws MlsException {
        LeafNode leaf = forger.leaf(forger.newKey(), new LeafNodeSource.Update(), alice.client);
        assertRefused(forger.commit(new Proposal.Update(leaf)), Reason.OWN_UPDATE_COMMITTED);
        assertReason(() -> alice.commit(new Proposing.Update()), Reason.OWN_UPDATE_COMMITTED);
    }

    @Test
    void theCommittersOwnRemoval() throws MlsException {
        assertRefused(forger.commit(new Proposal.Remove(0)), Reason.COMMITTER_REMOVED);
        assertRefused(forger.commit(new Proposal.SelfRemove()), Reason.COMMITTER_REMOVED);
    }

    @Test
    void oneLeafTwice() throws MlsException {
        assertRefused(
                forger.commit(new Proposal.Remove(2), new Proposal.Remove(2)),
                Reason.SAME_LEAF_TWICE);
        Proposed update =
                carol.state.propose(new Proposing.Update(), carol.client, false, People.NOW);
        bob.state = ((Received.Proposal) bob.receive(update.message())).next();
        assertRefused(
                forger.commit(
                        Optional.empty(),
                        new ProposalOrRef.ByRef(Bytes.wrap(update.reference())),
                        value(new Proposal.Remove(2))),
                Reason.SAME_LEAF_TWICE);
    }

    @Test
    void preSharedKeys() throws MlsException {
        Proposal once = new Proposal.PreSharedKey(external(32));
        assertRefused(forger.commit(once, once), Reason.DUPLICATE_PSK);
        assertRefused(forger.commit(new Proposal.PreSharedKey(external(31))), Reason.BAD_PSK_NONCE);
        assertRefused(forger.commit(once), Reason.UNKNOWN_PSK);
        for (Usage usage : List.of(Usage.BRANCH, Usage.REINIT)) {
            assertRefused(
                    forger.commit(
                            new Proposal.PreSharedKey(
                                    new PreSharedKeyId.Resumption(
                                            usage, Bytes.EMPTY, 0, Bytes.wrap(new byte[32])))),
                    Reason.BAD_PSK_USAGE);
        }
    }

    /** It may be queued, because a commit may remove those whom it does not suit. */
    private void assertNotCommitted(Proposal proposal, Reason reason) throws MlsException {
        assertThat(bob.receive(forger.proposal(proposal))).isInstanceOf(Received.Proposal.class);
        assertRefused(
                forger.commit(
                        Forger.commitOf(alice.commit().message()).path(), Forger.value(proposal)),
                reason);
    }

    @Test
    void extensionsOfTheGroup() throws MlsException {
        assertRefused(forger.commit(replace(), replace()), Reason.EXTENSIONS_REPLACED_TWICE);
        Extension one = new Extension(0xF111, Bytes.EMPTY);
        assertNotCommitted(replace(one), Reason.GROUP_EXTENSION_NOT_SUPPORTED);
        Extension id = new Extension(Extension.APPLICATION_ID, Bytes.EMPTY);
        assertRefused(forger.proposal(replace(id, id)), Reason.DUPLICATE_EXTENSION);
        assertNotCommitted(replace(required(0xF111, 0, 0)), Reason.REQUIRED_CAPABILITY_MISSING);
        assertNotCommitted(replace(required(0, 0xF111, 0)), Reason.REQUIRED_CAPABILITY_MISSING);
        assertNotCommitted(replace(required(0, 0, 0xF111)), Reason.REQUIRED_CAPABILITY_MISSING);
        assertRefused(
                forger.proposal(
                        replace(new Extension(Extension.REQUIRED_CAPABILITIES, Bytes.EMPTY))),
                Reason.MALFORMED);
        assertThat(bob.receive(forger.proposal(replace(required(1, 0x000A, 2)))))
                .isInstanceOf(Received.Proposal.class);
    }

    @Test
    void externalSendersAreAskedFor() throws MlsException {
        Client service = people.client("refused service");
        ExternalSender sender =
                new ExternalSender(
                        Bytes.wrap(service.signer().publicKey()),
                        Convert.credential(service.credential()));
        assertRefused(
                forger.proposal(
                        replace(new Extension(Extension.EXTERNAL_SENDERS, senders(sender)))),
                Reason.IDENTITY_REFUSED);
    }

    private static Bytes senders(ExternalSender... senders) {
        return Bytes.wrap(
                new dev.parley.mls.internal.codec.TlsWriter().list(List.of(senders)).toByteArray());
    }

    @Test
    void reinitializations() throws MlsException {
        Proposal again = new Proposal.ReInit(Bytes.EMPTY, 1, 1, Extensions.NONE);
        assertRefused(forger.commit(again, new Proposal.Remove(2)), Reason.REINIT_NOT_ALONE);
        assertRefused(
                forger.commit(new Proposal.ReInit(Bytes.EMPTY, 0, 1, Extensions.NONE)),
                Reason.BAD_REINIT);
    }

    @Test
    void proposalsThatDoNotBelongThere() throws MlsException {
        assertRefused(
                forger.commit(new Proposal.ExternalInit(Bytes.EMPTY)),
                Reason.EXTERNAL_INIT_NOT_ALLOWED);
        assertRefused(
                forger.proposal(new Proposal.ExternalInit(Bytes.EMPTY)),
                Reason.EXTERNAL_INIT_NOT_ALLOWED);
        assertRefused(
                forger.commit(new Proposal.Other(0xF123, Bytes.EMPTY)),
                Reason.PROPOSAL_NOT_SUPPORTED);
        assertRefused(forger.commit(new Proposal.Remove(77)), Reason.NO_SUCH_MEMBER);
        assertRefused(forger.commit(new Proposal.Remove(0xffff_ffffL)), Reason.NO_SUCH_MEMBER);
    }

    @Test
    void aPathThatIsMissing() throws MlsException {
        assertRefused(forger.commit(), Reason.MISSING_PATH);
        assertRefused(forger.commit(new Proposal.Remove(2)), Reason.MISSING_PATH);
        assertRefused(forger.commit(replace()), Reason.MISSING_PATH);
    }

    @Test
    void tagsAndSignaturesOfTheMessage() throws MlsException {
        Proposal good = add(people.client("dave"));
        assertRefused(forger.commit(good), Reason.BAD_CONFIRMATION_TAG);
        byte[] other =
                forger.message(new Sender.Member(0), new Content.Propose(good), carol.client);
        assertRefused(other, Reason.BAD_SIGNATURE);
        byte[] bad = forger.proposal(good);
        bad[bad.length - 1] ^= 1;
        assertRefused(bad, Reason.BAD_MEMBERSHIP_TAG);
    }

    @Test
    void whoIsAddedTwice() throws MlsException {
        assertRefused(forger.commit(add(people.client("bob:2"))), Reason.DUPLICATE_MEMBER);
        Proposal dave = add(people.client("dave"));
        assertRefused(forger.commit(dave, add(people.client("dave:2"))), Reason.DUPLICATE_MEMBER);
        Client sameKey =
                new Client(
                        1,
                        new MlsCredential(MlsCredential.BASIC, People.bytes("other")),
                        carol.client.signer());
        assertRefused(forger.commit(add(sameKey)), Reason.DUPLICATE_SIGNATURE_KEY);
        Bytes carols = forger.epoch().tree().leaf(2).orElseThrow().encryptionKey();
        KeyPackage forged =
                Forger.keyPackage(
                        people,
                        people.client("eve"),
                        leaf -> Forger.withKeys(leaf, carols, leaf.signatureKey()),
                        UnaryOperator.identity());
        assertRefused(forger.commit(new Proposal.Add(forged)), Reason.DUPLICATE_ENCRYPTION_KEY);
        KeyPackage refused =
                Forger.keyPackage(
                        people,
                        people.client("eve"),
                        leaf -> Forger.withName(leaf, "refused"),
                        UnaryOperator.identity());
        assertRefused(forger.commit(new Proposal.Add(refused)), Reason.IDENTITY_REFUSED);
    }

    @Test
    void whoWasRemovedMayBeAddedByTheSameCommit() throws MlsException {
        Client again = people.client("carol:2");
        Committed made =
                alice.commit(
                        new Proposing.Remove(2),
                        new Proposing.Add(people.keyPackage(again).message()));
        assertThat(bob.receive(made.message())).isInstanceOf(Received.Commit.class);
    }

    private void assertKeyPackage(
            UnaryOperator<LeafNode> leaf, UnaryOperator<KeyPackage> all, Reason reason)
            throws MlsException {
        KeyPackage forged = Forger.keyPackage(people, people.client("dave"), leaf, all);
        assertRefused(forger.commit(new Proposal.Add(forged)), reason);
        assertRefused(forger.proposal(new Proposal.Add(forged)), reason);
        byte[] message =
                new dev.parley.mls.internal.framing.MlsMessage.OfKeyPackage(forged).encode();
        if (reason != Reason.WRONG_SUITE) {
            assertReason(() -> people.mls.inspect(message, People.NOW), reason);
        }
        assertReason(() -> alice.commit(new Proposing.Add(message)), reason);
    }

    @Test
    void keyPackages() throws MlsException {
        UnaryOperator<LeafNode> leaf = UnaryOperator.identity();
        UnaryOperator<KeyPackage> all = UnaryOperator.identity();
        Extension id = new Extension(Extension.APPLICATION_ID, Bytes.EMPTY);
        assertKeyPackage(
                leaf,
                each -> Forger.with(each, 2, 1, each.initKey(), each.extensions()),
                Reason.WRONG_VERSION);
        assertKeyPackage(
                leaf,
                each -> Forger.with(each, 1, 3, each.initKey(), each.extensions()),
                Reason.WRONG_SUITE);
        assertKeyPackage(
                leaf,
                each -> Forger.with(each, 1, 1, each.leafNode().encryptionKey(), each.extensions()),
                Reason.INIT_KEY_REUSED);
        assertKeyPackage(
                leaf,
                each -> Forger.with(each, 1, 1, each.initKey(), Extensions.of(id, id)),
                Reason.DUPLICATE_EXTENSION);
        assertKeyPackage(
                leaf,
                each -> Forger.with(each, 1, 1, Bytes.wrap(new byte[31]), each.extensions()),
                Reason.BAD_KEY);
        assertKeyPackage(
                each -> Forger.with(each, each.source(), Extensions.of(id, id)),
                all,
                Reason.DUPLICATE_EXTENSION);
        assertKeyPackage(
                each ->
                        Forger.with(
                                each,
                                each.source(),
                                Extensions.of(new Extension(0xF001, Bytes.EMPTY))),
                all,
                Reason.LEAF_EXTENSION_NOT_LISTED);
        assertKeyPackage(
                each -> Forger.withKeys(each, Bytes.wrap(new byte[31]), each.signatureKey()),
                all,
                Reason.BAD_KEY);
        assertKeyPackage(
                each ->
                        Forger.withKeys(
                                each,
                                each.encryptionKey(),
                                Bytes.wrap(carol.client.signer().publicKey())),
                all,
                Reason.BAD_SIGNATURE);
        KeyPackage updated =
                Forger.keyPackage(
                        people,
                        people.client("dave"),
                        each -> Forger.with(each, new LeafNodeSource.Update(), each.extensions()),
                        all);
        assertRefused(forger.proposal(new Proposal.Add(updated)), Reason.WRONG_LEAF_SOURCE);
        KeyPackage good = KeyPackages.decode(people.keyPackage(people.client("dave")).message());
        assertRefused(
                forger.proposal(new Proposal.Add(good.withSignature(new byte[64]))),
                Reason.BAD_SIGNATURE);
    }

    @Test
    void lifetimes() throws MlsException {
        Client dave = people.client("dave");
        byte[] message = people.keyPackage(dave).message();
        for (Duration off : List.of(Duration.ofDays(8), Duration.ofDays(-1))) {
            assertReason(
                    () -> people.mls.inspect(message, People.NOW.plus(off)), Reason.BAD_LIFETIME);
            assertReason(
                    () ->
                            alice.state.commit(
                                    alice.request(new Proposing.Add(message)),
                                    PskSource.NONE,
                                    People.NOW.plus(off)),
                    Reason.BAD_LIFETIME);
        }
        assertReason(
                () -> people.mls.newKeyPackage(dave, Duration.ofDays(401), People.NOW),
                Reason.BAD_LIFETIME);
        KeyPackage forEver =
                Forger.keyPackage(
                        people,
                        dave,
                        each ->
                                Forger.with(
                                        each,
                                        new LeafNodeSource.KeyPackage(0, -1),
                                        each.extensions()),
                        UnaryOperator.identity());
        byte[] old = new dev.parley.mls.internal.framing.MlsMessage.OfKeyPackage(forEver).encode();
        assertReason(() -> people.mls.inspect(old, People.NOW), Reason.BAD_LIFETIME);
        Mls patient =
                MlsLibrary.of(
                        People.random(1),
                        People.POLICY,
                        new MlsLimits(8, 8, 8, 8, Duration.ofSeconds(Long.MAX_VALUE)),
                        Runnable::run);
        assertThat(patient.inspect(old, People.NOW).id()).isEqualTo(People.id("dave"));
        assertThat(patient.create(dave, People.NOTHING, List.of(), People.NOW).epoch()).isZero();
    }

    @Test
    void credentialsThatOthersDoNotKnow() throws MlsException {
        Client plain = people.client("dave");
        Client odd = new Client(1, new MlsCredential(0xF777, People.bytes("dave")), plain.signer());
        assertThat(bob.receive(forger.proposal(add(odd)))).isInstanceOf(Received.Proposal.class);
        assertRefused(forger.commit(add(odd)), Reason.CREDENTIAL_NOT_SUPPORTED);
    }

    @Test
    void whoLacksWhatTheGroupHas() throws MlsException {
        People more = new People(1, 5);
        Client founder = more.client("alice", List.of(), List.of(0xF111), List.of(0xF123));
        Person first =
                new Person(
                        founder,
                        more.mls.create(
                                founder,
                                People.bytes("group"),
                                List.of(new MlsExtension(0xF111, People.NOTHING)),
                                People.NOW));
        byte[] plain = more.keyPackage(more.client("bob")).message();
        assertReason(
                () -> first.commit(new Proposing.Add(plain)), Reason.GROUP_EXTENSION_NOT_SUPPORTED);
        Person second =
                more.add(first, more.client("carol", List.of(), List.of(0xF111), List.of(0xF123)));
        Committed own = second.commit(new Proposing.Other(0xF123, People.bytes("body")));
        Received.Commit read = (Received.Commit) first.receive(own.message());
        dev.parley.mls.api.Change.Unknown change =
                (dev.parley.mls.api.Change.Unknown) read.staged().changes().get(0);
        assertThat(change.type()).isEqualTo(0xF123);
        assertThat(change.body()).isEqualTo(People.bytes("body"));
        Client less = more.client("carol:2");
        assertReason(
                () ->
                        second.state.commit(
                                new CommitRequest(
                                        List.of(),
                                        List.of(),
                                        true,
                                        false,
                                        true,
                                        People.NOTHING,
                                        second.client,
                                        Optional.of(less)),
                                PskSource.NONE,
                                People.NOW),
                Reason.GROUP_EXTENSION_NOT_SUPPORTED);
    }

    @Test
    void updates() throws MlsException {
        Bytes same = forger.epoch().own().leafKey().publicKey();
        assertRefused(
                forger.proposal(
                        new Proposal.Update(
                                forger.leaf(same, new LeafNodeSource.Update(), alice.client))),
                Reason.SAME_ENCRYPTION_KEY);
        assertRefused(
                forger.proposal(
                        new Proposal.Update(
                                forger.leaf(
                                        forger.newKey(),
                                        new LeafNodeSource.Commit(Bytes.EMPTY),
                                        alice.client))),
                Reason.WRONG_LEAF_SOURCE);
        assertRefused(
                forger.proposal(
                        new Proposal.Update(
                                forger.leaf(
                                        forger.newKey(),
                                        new LeafNodeSource.Update(),
                                        people.client("mallory")))),
                Reason.IDENTITY_CHANGED);
    }

    @Test
    void aPathOfSomebodyElse() throws MlsException {
        Epoch epoch = forger.epoch();
        Environment environment =
                new Environment(
                        dev.parley.mls.internal.suite.CipherSuites.standard(),
                        People.random(4),
                        (c, k, p, old) -> People.id("alice"),
                        MlsLimits.DEFAULT,
                        Runnable::run);
        CommitRequest request =
                new CommitRequest(
                        List.of(),
                        List.of(),
                        true,
                        false,
                        true,
                        People.NOTHING,
                        alice.client,
                        Optional.of(people.client("mallory")));
        Committed made =
                new CommitMaker(environment, epoch, request)
                        .make(new ArrayList<>(), Usage.APPLICATION, PskSource.NONE);
        assertRefused(made.message(), Reason.IDENTITY_CHANGED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sendersFromOutside(boolean listed) throws MlsException {
        Client service = people.client("service");
        if (listed) {
            Committed made =
                    alice.commit(
                            new Proposing.Extensions(
                                    List.of(
                                            new MlsExtension(
                                                    Extension.EXTERNAL_SENDERS,
                                                    senders(
                                                                    new ExternalSender(
                                                                            Bytes.wrap(
                                                                                    service.signer()
                                                                                            .publicKey()),
                                                                            Convert.credential(
                                                                                    service
                                                                                            .credential())))
                                                            .toByteArray()))));
            bob.follow(made.message());
            carol.follow(made.message());
            alice.state = made.staged().next();
        }
        byte[] remove =
                people.mls.proposeFromOutside(
                        1,
                        bob.state.groupId(),
                        bob.state.epoch(),
                        0,
                        new Proposing.Remove(2),
                        service.signer());
        if (!listed) {
            assertRefused(remove, Reason.NO_SUCH_SENDER);
            return;
        }
        Received.Proposal seen = (Received.Proposal) bob.receive(remove);
        assertThat(seen.sender()).isEmpty();
        alice.state = ((Received.Proposal) alice.receive(remove)).next();
        Committed made = commitOf(alice, seen.reference());
        bob.state = seen.next();
        bob.follow(made.message());
        assertThat(bob.state.find(People.id("carol"))).isEmpty();
        byte[] leave =
                new ProposalMaker(
                                new Environment(
                                        dev.parley.mls.internal.suite.CipherSuites.standard(),
                                        People.random(4),
                                        People.POLICY,
                                        MlsLimits.DEFAULT,
                                        Runnable::run),
                                forger.epoch().suite())
                        .fromOutside(
                                bob.state.groupId(),
                                bob.state.epoch(),
                                new Sender.External(0),
                                new Proposal.SelfRemove(),
                                service.signer());
        assertThat(bob.receive(leave))
                .isInstanceOfSatisfying(
                        Received.Refused.class,
                        each -> assertThat(each.reason()).isEqualTo(Reason.SENDER_NOT_ALLOWED));
    }

    @Test
    void somebodyProposesToBeAdded() throws MlsException {
        Client dave = people.client("dave");
        var own = people.keyPackage(dave);
        byte[] wish =
                people.mls.proposeJoin(bob.state.groupId(), bob.state.epoch(), own.message(), dave);
        Received.Proposal seen = (Received.Proposal) bob.receive(wish);
        assertThat(seen.sender()).isEmpty();
        bob.state = seen.next();
        Committed made = commitOf(bob, seen.reference());
        assertThat(made.welcome()).isPresent();
        alice.state = ((Received.Proposal) alice.receive(wish)).next();
        alice.follow(made.message());
        assertThat(alice.state.find(People.id("dave"))).isPresent();
    }

    @Test
    void theQueueIsBounded() throws MlsException {
        Mls small =
                MlsLibrary.of(
                        People.random(6),
                        People.POLICY,
                        new MlsLimits(8, 8, 8, 2, Duration.ofDays(7)),
                        Runnable::run);
        Client client = people.client("zoe");
        Person zoe =
                new Person(client, small.create(client, People.NOTHING, List.of(), People.NOW));
        for (int i = 0; i < 2; i++) {
            zoe.state =
                    zoe.state
                            .propose(
                                    new Proposing.ExternalPsk(People.bytes("key" + i)),
                                    client,
                                    false,
                                    People.NOW)
                            .next();
        }
        assertThat(zoe.state.queued()).hasSize(2);
        assertReason(
                () ->
                        zoe.state.propose(
                                new Proposing.ExternalPsk(People.bytes("more")),
                                client,
                                false,
                                People.NOW),
                Reason.TOO_MANY_PROPOSALS);
    }
}
