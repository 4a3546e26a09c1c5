package dev.parley.mls.internal.framing;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Signer;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.welcome.GroupContext;
import java.util.Optional;

/** Signatures and membership tags of messages (RFC 9420 sections 6.1 and 6.2). */
public final class Framing {
    private static final String LABEL = "FramedContentTBS";

    private Framing() {}

    /** {@code FramedContentTBS}. */
    private static byte[] signedBytes(int wireFormat, FramedContent content, byte[] groupContext) {
        TlsWriter out = new TlsWriter(1024).u16(GroupContext.MLS10).u16(wireFormat).put(content);
        if (content.sender() instanceof Sender.Member
                || content.sender() instanceof Sender.NewMemberCommit) {
            out.fixed(groupContext);
        }
        return out.toByteArray();
    }

    /**
     * The signature of a message.
     *
     * @param groupContext of its epoch, encoded; not used for senders who are no members
     */
    public static Bytes sign(
            CipherSuite suite,
            int wireFormat,
            FramedContent content,
            byte[] groupContext,
            Signer signer) {
        return Bytes.wrap(
                suite.signWithLabel(signer, LABEL, signedBytes(wireFormat, content, groupContext)));
    }

    /**
     * @throws MlsException BAD_SIGNATURE
     */
    public static void verify(
            CipherSuite suite, AuthenticatedContent message, byte[] groupContext, Bytes publicKey)
            throws MlsException {
        suite.requireSignature(
                publicKey,
                LABEL,
                signedBytes(message.wireFormat(), message.content(), groupContext),
                message.auth().signature(),
                "message");
    }

    private static Bytes membershipTag(
            CipherSuite suite,
            Secret membershipKey,
            AuthenticatedContent message,
            byte[] groupContext) {
        TlsWriter out =
                new TlsWriter(1024)
                        .fixed(signedBytes(message.wireFormat(), message.content(), groupContext));
        message.auth().write(out);
        return suite.mac(membershipKey, out.toByteArray());
    }

    /**
     * Makes a public message, with a membership tag if a member sends it (section 6.2).
     *
     * @throws MlsException SENDER_NOT_ALLOWED for application data, which is never public
     */
    public static MlsMessage.Public protectPublic(
            CipherSuite suite,
            AuthenticatedContent message,
            byte[] groupContext,
            Secret membershipKey)
            throws MlsException {
        checkPublic(message.content());
        return new MlsMessage.Public(
                message.content(),
                message.auth(),
                message.content().sender() instanceof Sender.Member
                        ? Optional.of(membershipTag(suite, membershipKey, message, groupContext))
                        : Optional.empty());
    }

    /**
     * Checks the membership tag of a public message, but not its signature, for which the caller
     * has to find out whose it is: {@link #verify}.
     *
     * @throws MlsException WRONG_EPOCH, SENDER_NOT_ALLOWED or BAD_MEMBERSHIP_TAG
     */
    public static AuthenticatedContent unprotectPublic(
            CipherSuite suite,
            MlsMessage.Public message,
            GroupContext context,
            byte[] groupContext,
            Secret membershipKey)
            throws MlsException {
        checkEpoch(context, message.content().groupId(), message.content().epoch());
        checkPublic(message.content());
        AuthenticatedContent content = message.authenticatedContent();
        if (message.content().sender() instanceof Sender.Member) {
            Bytes expected = membershipTag(suite, membershipKey, content, groupContext);
            if (!expected.sameAs(message.membershipTag().orElse(Bytes.EMPTY).array())) {
                throw new MlsException(
                        Reason.BAD_MEMBERSHIP_TAG, "the membership tag does not verify");
            }
        }
        return content;
    }

    static void checkEpoch(GroupContext context, Bytes groupId, long epoch) throws MlsException {
        if (!context.groupId().equals(groupId)) {
            throw new MlsException(Reason.WRONG_EPOCH, "a message of another group");
        }
        if (context.epoch() != epoch) {
            throw new MlsException(
                    Reason.WRONG_EPOCH,
                    "a message of epoch "
                            + Long.toUnsignedString(epoch)
                            + ", expected "
                            + Long.toUnsignedString(context.epoch()));
        }
    }

    /** Which sender may say what in a public message (section 6, table 3, and section 12.1). */
    private static void checkPublic(FramedContent content) throws MlsException {
        Content said = content.content();
        Sender sender = content.sender();
        boolean allowed = !(said instanceof Content.Application);
        if (sender instanceof Sender.External) {
            allowed = said instanceof Content.Propose;
        } else if (sender instanceof Sender.NewMemberProposal) {
            allowed =
                    said instanceof Content.Propose propose
                            && propose.proposal() instanceof Proposal.Add;
        } else if (sender instanceof Sender.NewMemberCommit) {
            allowed = said instanceof Content.Commit;
        }
        if (!allowed) {
            throw new MlsException(
                    Reason.SENDER_NOT_ALLOWED,
                    "this sender may not send this content in a public message");
        }
    }
}
