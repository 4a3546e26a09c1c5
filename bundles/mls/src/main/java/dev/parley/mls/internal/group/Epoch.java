package dev.parley.mls.internal.group;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.framing.PrivateFraming;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.schedule.EpochKeys;
import dev.parley.mls.internal.schedule.EpochSecrets;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.tree.PrivateTree;
import dev.parley.mls.internal.tree.RatchetTree;
import dev.parley.mls.internal.welcome.GroupContext;
import java.util.Arrays;
import java.util.Optional;

/**
 * All of one epoch but the queue of proposals. States that differ in their queue only share it; the
 * last that lets go overwrites its secrets. Keys of the tree are left alone: other epochs may have
 * them too.
 *
 * @param encodedContext the group context as it is signed
 * @param own our private keys of the tree
 * @param interim the interim transcript hash
 * @param ended with what the group was reinitialized, if it was
 */
record Epoch(
        CipherSuite suite,
        GroupContext context,
        byte[] encodedContext,
        RatchetTree tree,
        Roster roster,
        PrivateTree own,
        EpochSecrets secrets,
        Bytes interim,
        Bytes confirmationTag,
        MessageKeys messages,
        Optional<Proposal.ReInit> ended) {
    /**
     * A new epoch; the encryption secret goes to the message keys, which may live longer.
     *
     * @param limits of late messages
     * @param sent what was sent in epochs that the states of now lead to
     */
    static Epoch begin(
            GroupContext context,
            RatchetTree tree,
            Roster roster,
            PrivateTree own,
            EpochSecrets secrets,
            Bytes interim,
            Bytes confirmationTag,
            EpochKeys.Limits limits,
            Sent sent,
            Optional<Proposal.ReInit> ended) {
        CipherSuite suite = tree.suite();
        byte[] encoded = context.encode();
        EpochKeys keys =
                new EpochKeys(suite, secrets.encryption().copy(), tree.leafCount(), limits);
        secrets.encryption().destroy();
        return new Epoch(
                suite,
                context,
                encoded,
                tree,
                roster,
                own,
                secrets,
                interim,
                confirmationTag,
                new MessageKeys(keys, own.leafIndex(), reservationId(suite, encoded, own), sent),
                ended);
    }

    /** Names this epoch of this branch and our leaf in it, without telling a secret. */
    static Bytes reservationId(CipherSuite suite, byte[] encodedContext, PrivateTree own) {
        return reservationId(suite, encodedContext, own.leafIndex());
    }

    static Bytes reservationId(CipherSuite suite, byte[] encodedContext, int leafIndex) {
        byte[] all =
                suite.refHash(
                                "Parley reservation",
                                new TlsWriter(512)
                                        .opaque(encodedContext)
                                        .u32(leafIndex)
                                        .toByteArray())
                        .array();
        return Bytes.wrap(Arrays.copyOf(all, Reservation.ID_BYTES));
    }

    PrivateFraming privateFraming() {
        return new PrivateFraming(suite, context, secrets.senderData(), messages.keys());
    }

    PublicState open() {
        return new PublicState(context, tree, roster);
    }

    int self() {
        return own.leafIndex();
    }
}
