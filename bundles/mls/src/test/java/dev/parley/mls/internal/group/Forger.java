package dev.parley.mls.internal.group;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.framing.AuthData;
import dev.parley.mls.internal.framing.AuthenticatedContent;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.framing.FramedContent;
import dev.parley.mls.internal.framing.Framing;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.node.Credential;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.LeafNodeSource;
import dev.parley.mls.internal.node.UpdatePath;
import dev.parley.mls.internal.proposal.Commit;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.proposal.ProposalOrRef;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.mls.internal.suite.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Makes what our own code would not make, signed as it has to be: only the rule in question is
 * broken. What comes last, the confirmation tag, is made up.
 */
final class Forger {
    private static final Environment ENVIRONMENT =
            new Environment(
                    CipherSuites.standard(),
                    People.random(99),
                    People.POLICY,
                    dev.parley.mls.api.MlsLimits.DEFAULT,
                    Runnable::run);

    private final People.Person by;
    private final Epoch epoch;

    Forger(People.Person by) {
        this.by = by;
        this.epoch = ((Group) by.state).epochOf();
    }

    static ProposalOrRef value(Proposal proposal) {
        return new ProposalOrRef.ByValue(proposal);
    }

    byte[] commit(Optional<UpdatePath> path, ProposalOrRef... proposals) throws MlsException {
        return message(
                new Sender.Member(epoch.self()),
                new Content.Commit(new Commit(List.of(proposals), path)),
                by.client);
    }

    byte[] commit(Proposal... proposals) throws MlsException {
        List<ProposalOrRef> values = new ArrayList<>();
        for (Proposal each : proposals) {
            values.add(value(each));
        }
        return commit(Optional.empty(), values.toArray(new ProposalOrRef[0]));
    }

    /** What a public commit says. */
    static Commit commitOf(byte[] message) {
        try {
            MlsMessage.Public open = (MlsMessage.Public) MlsMessage.decode(message);
            return ((Content.Commit) open.content().content()).commit();
        } catch (dev.parley.wire.api.MalformedException e) {
            throw new AssertionError(e);
        }
    }

    byte[] proposal(Proposal proposal) throws MlsException {
        return message(new Sender.Member(epoch.self()), new Content.Propose(proposal), by.client);
    }

    byte[] message(Sender sender, Content content, Client signer) throws MlsException {
        FramedContent framed =
                new FramedContent(
                        epoch.context().groupId(),
                        epoch.context().epoch(),
                        sender,
                        Bytes.EMPTY,
                        content);
        Bytes signature =
                Framing.sign(
                        epoch.suite(),
                        MlsMessage.PUBLIC_MESSAGE,
                        framed,
                        epoch.encodedContext(),
                        signer.signer());
        Optional<Bytes> tag =
                content instanceof Content.Commit
                        ? Optional.of(Bytes.wrap(new byte[epoch.suite().secretLength()]))
                        : Optional.empty();
        return Framing.protectPublic(
                        epoch.suite(),
                        new AuthenticatedContent(
                                MlsMessage.PUBLIC_MESSAGE, framed, new AuthData(signature, tag)),
                        epoch.encodedContext(),
                        epoch.secrets().membership())
                .encode();
    }

    /** A key package with something changed in its leaf and in itself, signed after that. */
    static KeyPackage keyPackage(
            People people,
            Client client,
            UnaryOperator<LeafNode> leaf,
            UnaryOperator<KeyPackage> all)
            throws MlsException {
        CipherSuite suite = CipherSuites.standard().require(people.suite);
        KeyPackage good = KeyPackages.decode(people.keyPackage(client).message());
        LeafNode changed = signed(leaf.apply(good.leafNode()), client, suite);
        KeyPackage unsigned =
                all.apply(
                        new KeyPackage(
                                good.version(),
                                good.cipherSuite(),
                                good.initKey(),
                                changed,
                                good.extensions(),
                                Bytes.EMPTY));
        return unsigned.withSignature(
                suite.signWithLabel(client.signer(), KeyPackage.LABEL, unsigned.signedBytes()));
    }

    private static LeafNode signed(LeafNode leaf, Client client, CipherSuite suite) {
        return leaf.withSignature(
                suite.signWithLabel(
                        client.signer(), LeafNode.LABEL, leaf.signedBytes(Bytes.EMPTY, 0)));
    }

    /** A leaf of the forger's for an update. */
    LeafNode leaf(Bytes encryptionKey, LeafNodeSource source, Client client) throws MlsException {
        return Leaves.make(
                ENVIRONMENT,
                epoch.suite(),
                client,
                encryptionKey,
                source,
                epoch.context().groupId(),
                epoch.self());
    }

    Bytes newKey() {
        KeyPair pair = epoch.suite().kem().generateKeyPair(People.random(98));
        return pair.publicKey();
    }

    Epoch epoch() {
        return epoch;
    }

    static LeafNode with(LeafNode leaf, LeafNodeSource source, Extensions extensions) {
        return new LeafNode(
                leaf.encryptionKey(),
                leaf.signatureKey(),
                leaf.credential(),
                leaf.capabilities(),
                source,
                extensions,
                leaf.signature());
    }

    static LeafNode withKeys(LeafNode leaf, Bytes encryptionKey, Bytes signatureKey) {
        return new LeafNode(
                encryptionKey,
                signatureKey,
                leaf.credential(),
                leaf.capabilities(),
                leaf.source(),
                leaf.extensions(),
                leaf.signature());
    }

    static LeafNode withName(LeafNode leaf, String name) {
        return new LeafNode(
                leaf.encryptionKey(),
                leaf.signatureKey(),
                new Credential.Basic(Bytes.wrap(People.bytes(name))),
                leaf.capabilities(),
                leaf.source(),
                leaf.extensions(),
                leaf.signature());
    }

    static KeyPackage with(
            KeyPackage from, int version, int suite, Bytes initKey, Extensions extensions) {
        return new KeyPackage(
                version, suite, initKey, from.leafNode(), extensions, from.signature());
    }
}
