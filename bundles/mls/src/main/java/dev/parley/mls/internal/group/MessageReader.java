package dev.parley.mls.internal.group;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.framing.AuthenticatedContent;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.framing.Framing;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.framing.PrivateFraming;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.node.ExternalSender;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.wire.api.MalformedException;
import java.util.List;
import java.util.Optional;

/** Tells what a message is, and whose, before anything is done with it. */
final class MessageReader {
    private final Environment environment;
    private final Group group;
    private final Epoch epoch;

    MessageReader(Environment environment, Group group) {
        this.environment = environment;
        this.group = group;
        this.epoch = group.epochOf();
    }

    Received read(byte[] bytes, PskSource psks) {
        try {
            MlsMessage message = MlsMessage.decode(bytes);
            Optional<Received> elsewhere = elsewhere(epoch.context(), message);
            if (elsewhere.isPresent()) {
                return elsewhere.get();
            }
            if (message instanceof MlsMessage.Public open) {
                return readPublic(open, psks);
            }
            MlsMessage.Private sealed = (MlsMessage.Private) message;
            return sealed.contentType() == Content.APPLICATION
                    ? readApplication(
                            epoch.privateFraming(),
                            epoch.roster(),
                            epoch.self(),
                            epoch.encodedContext(),
                            sealed)
                    : readPrivate(sealed, psks);
        } catch (MalformedException e) {
            return new Received.Refused(Reason.MALFORMED, String.valueOf(e.getMessage()));
        } catch (MlsException e) {
            return new Received.Refused(e.reason(), String.valueOf(e.getMessage()));
        }
    }

    /** What a message is that is not for this epoch. */
    static Optional<Received> elsewhere(GroupContext context, MlsMessage message) {
        Bytes groupId;
        long number;
        if (message instanceof MlsMessage.Private sealed) {
            groupId = sealed.groupId();
            number = sealed.epoch();
        } else if (message instanceof MlsMessage.Public open) {
            groupId = open.content().groupId();
            number = open.content().epoch();
        } else {
            return Optional.of(
                    new Received.Refused(
                            Reason.WRONG_MESSAGE,
                            "wire format " + message.wireFormat() + " is not for a group"));
        }
        if (!groupId.equals(context.groupId())) {
            return Optional.of(new Received.OtherGroup(groupId.toByteArray()));
        }
        int order = Long.compareUnsigned(number, context.epoch());
        if (order == 0) {
            return Optional.empty();
        }
        return Optional.of(order < 0 ? new Received.Stale(number) : new Received.Future(number));
    }

    /** Members' keys, but for our own: what we sent is not for us. */
    private static final class Keys implements PrivateFraming.SignatureKeys {
        private final Roster roster;
        private final int self;
        boolean ours;

        Keys(Roster roster, int self) {
            this.roster = roster;
            this.self = self;
        }

        @Override
        public Bytes of(long leafIndex) throws MlsException {
            ours = leafIndex == self;
            if (ours) {
                throw new MlsException(Reason.KEY_USED, "our own message");
            }
            return roster.require(leafIndex).signatureKey();
        }
    }

    private Received readPrivate(MlsMessage.Private message, PskSource psks) throws MlsException {
        Keys keys = new Keys(epoch.roster(), epoch.self());
        PrivateFraming.Opened opened;
        try {
            opened = epoch.privateFraming().open(message, keys, epoch.encodedContext(), false);
        } catch (MlsException e) {
            if (keys.ours) {
                return new Received.Own();
            }
            throw e;
        }
        return handshake(opened.content(), psks);
    }

    static Received readApplication(
            PrivateFraming framing,
            Roster roster,
            int self,
            byte[] encodedContext,
            MlsMessage.Private message)
            throws MlsException {
        Keys keys = new Keys(roster, self);
        PrivateFraming.Opened opened;
        try {
            opened = framing.open(message, keys, encodedContext, true);
        } catch (MlsException e) {
            if (keys.ours) {
                return new Received.Own();
            }
            throw e;
        }
        long leaf = ((Sender.Member) opened.content().content().sender()).leafIndex();
        return new Received.Application(
                roster.require(leaf).member(),
                opened.content().content().epoch(),
                opened.generation(),
                opened.content().content().authenticatedData().toByteArray(),
                ((Content.Application) opened.content().content().content()).data().toByteArray());
    }

    private Received readPublic(MlsMessage.Public message, PskSource psks) throws MlsException {
        AuthenticatedContent content =
                Framing.unprotectPublic(
                        epoch.suite(),
                        message,
                        epoch.context(),
                        epoch.encodedContext(),
                        epoch.secrets().membership());
        Framing.verify(epoch.suite(), content, epoch.encodedContext(), key(content));
        boolean ours =
                content.content().sender() instanceof Sender.Member member
                        && member.leafIndex() == epoch.self();
        return ours && !isForgotten(content) ? new Received.Own() : handshake(content, psks);
    }

    /**
     * Whether this is a proposal of ours that is not queued, because the state was restored from
     * before it. A commit may name it, so it is queued again; but for an update, whose private key
     * is lost.
     */
    private boolean isForgotten(AuthenticatedContent message) {
        if (!(message.content().content() instanceof Content.Propose propose)
                || propose.proposal() instanceof Proposal.Update) {
            return false;
        }
        Bytes reference = ProposalMaker.reference(epoch.suite(), message);
        return group.queue().stream()
                .noneMatch(each -> each.queued().reference().filter(reference::equals).isPresent());
    }

    /** The key that a public message is signed with. */
    private Bytes key(AuthenticatedContent message) throws MlsException {
        Sender sender = message.content().sender();
        if (sender instanceof Sender.Member member) {
            return epoch.roster().require(member.leafIndex()).signatureKey();
        }
        if (sender instanceof Sender.External external) {
            List<ExternalSender> senders = Applying.externalSenders(epoch.context().extensions());
            if (external.senderIndex() >= senders.size()) {
                throw new MlsException(
                        Reason.NO_SUCH_SENDER,
                        "external sender "
                                + external.senderIndex()
                                + ", there are "
                                + senders.size());
            }
            return senders.get((int) external.senderIndex()).signatureKey();
        }
        Content content = message.content().content();
        if (content instanceof Content.Propose propose
                && propose.proposal() instanceof Proposal.Add add) {
            return add.keyPackage().leafNode().signatureKey();
        }
        if (content instanceof Content.Commit commit && commit.commit().path().isPresent()) {
            return commit.commit().path().get().leafNode().signatureKey();
        }
        throw new MlsException(Reason.MISSING_PATH, "an external commit without a path");
    }

    private Received handshake(AuthenticatedContent message, PskSource psks) throws MlsException {
        group.requireOpen();
        return message.content().content() instanceof Content.Commit
                ? new CommitReader(environment, group, message).read(psks)
                : ProposalReader.read(environment, group, message);
    }
}
