package dev.parley.mls.internal.group;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.framing.AuthData;
import dev.parley.mls.internal.framing.AuthenticatedContent;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.framing.FramedContent;
import dev.parley.mls.internal.framing.Framing;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.LeafNodeSource;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.mls.internal.proposal.PreSharedKeyId.Usage;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.mls.internal.welcome.GroupContext;
import java.time.Instant;
import java.util.Optional;

/** Makes proposals (RFC 9420 section 12.1). */
final class ProposalMaker {
    private final Environment environment;
    private final CipherSuite suite;

    ProposalMaker(Environment environment, CipherSuite suite) {
        this.environment = environment;
        this.suite = suite;
    }

    /** A proposal and, if it is an update, the new private key. */
    record Made(Proposal proposal, Optional<KeyPair> leafKey) {}

    /** A member's proposal. */
    Made make(Proposing asked, Epoch epoch, Client client, Instant now) throws MlsException {
        if (!(asked instanceof Proposing.Update update)) {
            return new Made(make(asked, Optional.of(now)), Optional.empty());
        }
        KeyPair key = suite.kem().generateKeyPair(environment.random());
        LeafNode leaf =
                Leaves.make(
                        environment,
                        suite,
                        update.renewed().orElse(client),
                        key.publicKey(),
                        new LeafNodeSource.Update(),
                        epoch.context().groupId(),
                        epoch.self());
        return new Made(new Proposal.Update(leaf), Optional.of(key));
    }

    /**
     * A proposal that anybody may make.
     *
     * @param now to check the lifetime of a key package; empty for senders without a clock
     */
    Proposal make(Proposing asked, Optional<Instant> now) throws MlsException {
        if (asked instanceof Proposing.Add add) {
            KeyPackage keyPackage = KeyPackages.decode(add.keyPackage());
            if (now.isPresent()) {
                KeyPackages.requireAlive(environment, keyPackage, now.get());
            }
            return new Proposal.Add(keyPackage);
        }
        if (asked instanceof Proposing.Remove remove) {
            return new Proposal.Remove(remove.leafIndex());
        }
        if (asked instanceof Proposing.SelfRemove) {
            return new Proposal.SelfRemove();
        }
        if (asked instanceof Proposing.ExternalPsk psk) {
            return new Proposal.PreSharedKey(
                    new PreSharedKeyId.External(Bytes.copyOf(psk.id()), nonce()));
        }
        if (asked instanceof Proposing.ResumptionPsk psk) {
            return new Proposal.PreSharedKey(
                    new PreSharedKeyId.Resumption(
                            Usage.APPLICATION, Bytes.copyOf(psk.groupId()), psk.epoch(), nonce()));
        }
        if (asked instanceof Proposing.Extensions extensions) {
            return new Proposal.GroupContextExtensions(Convert.extensions(extensions.extensions()));
        }
        if (asked instanceof Proposing.ReInit again) {
            return new Proposal.ReInit(
                    Bytes.copyOf(again.groupId()),
                    GroupContext.MLS10,
                    again.cipherSuite(),
                    Convert.extensions(again.extensions()));
        }
        if (asked instanceof Proposing.Other other) {
            return new Proposal.Other(other.type(), Bytes.copyOf(other.body()));
        }
        throw new MlsException(Reason.SENDER_NOT_ALLOWED, "only members propose updates");
    }

    Bytes nonce() {
        return Bytes.wrap(environment.random().bytes(suite.secretLength()));
    }

    static Bytes reference(CipherSuite suite, AuthenticatedContent message) {
        return suite.refHash(Proposal.REF_LABEL, message.encode());
    }

    /** A public message of somebody who is no member. */
    byte[] fromOutside(
            byte[] groupId,
            long epoch,
            Sender sender,
            Proposal proposal,
            dev.parley.mls.api.Signer signer)
            throws MlsException {
        FramedContent content =
                new FramedContent(
                        Bytes.copyOf(groupId),
                        epoch,
                        sender,
                        Bytes.EMPTY,
                        new Content.Propose(proposal));
        Bytes signature =
                Framing.sign(suite, MlsMessage.PUBLIC_MESSAGE, content, new byte[0], signer);
        return new MlsMessage.Public(
                        content, new AuthData(signature, Optional.empty()), Optional.empty())
                .encode();
    }
}
