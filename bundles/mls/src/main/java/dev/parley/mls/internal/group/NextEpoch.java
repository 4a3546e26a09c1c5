package dev.parley.mls.internal.group;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.framing.FramedContent;
import dev.parley.mls.internal.framing.Transcript;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.schedule.EpochSecrets;
import dev.parley.mls.internal.schedule.KeySchedule;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.tree.PrivateTree;
import dev.parley.mls.internal.tree.RatchetTree;
import dev.parley.mls.internal.welcome.GroupContext;
import java.util.Optional;

/**
 * The epoch that a commit begins (RFC 9420 sections 8 and 12.4.2).
 *
 * @param joiner for a welcome
 */
record NextEpoch(Epoch epoch, Secret joiner) {
    /**
     * A signed commit in the epoch that it was made in.
     *
     * @param sent what was sent in epochs that it may lead to
     */
    record Signed(
            Sent sent,
            GroupContext old,
            Bytes interim,
            int wireFormat,
            FramedContent content,
            Bytes signature) {}

    /** The public and private tree after it. */
    record Trees(RatchetTree tree, Roster roster, PrivateTree own) {
        /**
         * Checks what holds for all members together (sections 7.3 and 12.2).
         *
         * @throws MlsException DUPLICATE_ENCRYPTION_KEY, DUPLICATE_SIGNATURE_KEY, or as {@link
         *     Roster#requireSupport}
         */
        static void require(RatchetTree tree, Roster roster, Extensions extensions)
                throws MlsException {
            if (tree.hasDuplicateEncryptionKeys()) {
                throw new MlsException(
                        Reason.DUPLICATE_ENCRYPTION_KEY, "an encryption key would be there twice");
            }
            if (tree.hasDuplicateSignatureKeys()) {
                throw new MlsException(
                        Reason.DUPLICATE_SIGNATURE_KEY, "a signature key would be there twice");
            }
            roster.requireSupport(extensions);
        }
    }

    /** The context of the next epoch; until the commit is signed with the old transcript hash. */
    static GroupContext context(
            GroupContext old, RatchetTree tree, Extensions extensions, Bytes confirmed) {
        return new GroupContext(
                old.version(),
                old.cipherSuite(),
                old.groupId(),
                old.epoch() + 1,
                tree.treeHash(),
                confirmed,
                extensions);
    }

    /**
     * @param init the init secret of the old epoch, or of the external init
     * @param commit the commit secret, of zeros if there is no path
     * @param psk the combined pre-shared keys
     */
    static NextEpoch derive(
            Environment environment,
            Signed signed,
            Trees trees,
            Extensions extensions,
            Secret init,
            Secret commit,
            Secret psk,
            Optional<Proposal.ReInit> ended) {
        CipherSuite suite = trees.tree().suite();
        Bytes confirmed =
                Transcript.confirmed(
                        suite,
                        signed.interim(),
                        signed.wireFormat(),
                        signed.content(),
                        signed.signature());
        GroupContext context = context(signed.old(), trees.tree(), extensions, confirmed);
        byte[] encoded = context.encode();
        Secret joiner = KeySchedule.joiner(suite, init, commit, encoded);
        EpochSecrets secrets = KeySchedule.epoch(suite, joiner, psk, encoded);
        Bytes tag = secrets.confirmationTag(suite, confirmed);
        Epoch epoch =
                Epoch.begin(
                        context,
                        trees.tree(),
                        trees.roster(),
                        trees.own(),
                        secrets,
                        Transcript.interim(suite, confirmed, tag),
                        tag,
                        environment.keyLimits(),
                        signed.sent(),
                        ended);
        return new NextEpoch(epoch, joiner);
    }
}
