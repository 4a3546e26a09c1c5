package dev.parley.mls.internal.group;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.mls.internal.proposal.PreSharedKeyId.Usage;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.welcome.GroupContext;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the proposals of one commit may be, apart from what each of them says (RFC 9420 section
 * 12.2). One list per object.
 */
final class ProposalRules {
    private final PublicState epoch;
    private final Usage usage;
    private final Set<Integer> touched = new HashSet<>();
    private final Set<PreSharedKeyId> psks = new HashSet<>();
    private final Set<Bytes> references = new HashSet<>();
    private boolean extensions;

    /**
     * @param usage of resumption keys: of application but in a group's first commit
     */
    ProposalRules(PublicState epoch, Usage usage) {
        this.epoch = epoch;
        this.usage = usage;
    }

    /**
     * The list of a member's commit.
     *
     * @param committer empty for a proposal that stands alone yet
     */
    void check(List<Queued> list, Optional<Integer> committer) throws MlsException {
        for (Queued each : list) {
            if (each.reference().isPresent() && !references.add(each.reference().get())) {
                throw new MlsException(
                        Reason.DUPLICATE_PROPOSAL, "the commit names a proposal twice");
            }
            requireSender(each.proposal(), each.sender());
            requireSound(each.proposal());
            Optional<Integer> leaf = leaf(each);
            if (leaf.isPresent() && leaf.equals(committer)) {
                throw each.proposal() instanceof Proposal.Update
                        ? new MlsException(
                                Reason.OWN_UPDATE_COMMITTED, "a commit of the committer's update")
                        : new MlsException(
                                Reason.COMMITTER_REMOVED, "the commit removes its committer");
            }
            if (leaf.isPresent() && !touched.add(leaf.get())) {
                throw new MlsException(
                        Reason.SAME_LEAF_TWICE,
                        "leaf " + leaf.get() + " is updated or removed twice");
            }
            if (each.proposal() instanceof Proposal.ReInit && list.size() > 1) {
                throw new MlsException(
                        Reason.REINIT_NOT_ALONE, "a reinitialization with other proposals");
            }
            if (each.proposal() instanceof Proposal.ExternalInit) {
                throw new MlsException(
                        Reason.EXTERNAL_INIT_NOT_ALLOWED, "an external init of a member");
            }
        }
        if (committer.isPresent()) {
            requireKnown(list);
        }
    }

    /** The list of an external commit (sections 12.2 and 12.4.3.2). */
    void checkExternal(List<Queued> list) throws MlsException {
        int inits = 0;
        int removes = 0;
        for (Queued each : list) {
            Proposal proposal = each.proposal();
            if (proposal instanceof Proposal.ExternalInit) {
                inits++;
            } else if (proposal instanceof Proposal.Remove) {
                removes++;
            } else if (!(proposal instanceof Proposal.PreSharedKey)) {
                throw new MlsException(
                        Reason.EXTERNAL_PROPOSAL_TYPE,
                        "an external commit with a proposal of type " + proposal.type());
            }
            requireSound(proposal);
        }
        if (inits != 1) {
            throw new MlsException(
                    Reason.EXTERNAL_INIT_COUNT, inits + " external inits, expected one");
        }
        if (removes > 1) {
            throw new MlsException(
                    Reason.EXTERNAL_REMOVES, removes + " removals, expected at most one");
        }
    }

    /** The leaf that is updated or removed. */
    private static Optional<Integer> leaf(Queued each) throws MlsException {
        if (each.proposal() instanceof Proposal.Remove remove) {
            return Optional.of(index(remove.removed()));
        }
        if ((each.proposal() instanceof Proposal.Update
                        || each.proposal() instanceof Proposal.SelfRemove)
                && each.sender() instanceof Sender.Member member) {
            return Optional.of(index(member.leafIndex()));
        }
        return Optional.empty();
    }

    private static int index(long leafIndex) throws MlsException {
        if (leafIndex < 0 || leafIndex > Integer.MAX_VALUE) {
            throw new MlsException(Reason.NO_SUCH_MEMBER, "no member at leaf " + leafIndex);
        }
        return (int) leafIndex;
    }

    /** Sections 12.1.8 and 17.4: who may propose what. */
    private static void requireSender(Proposal proposal, Sender sender) throws MlsException {
        boolean allowed;
        if (sender instanceof Sender.Member) {
            allowed = true;
        } else if (sender instanceof Sender.NewMemberProposal) {
            allowed = proposal instanceof Proposal.Add;
        } else {
            allowed =
                    !(proposal instanceof Proposal.Update
                            || proposal instanceof Proposal.ExternalInit
                            || proposal instanceof Proposal.SelfRemove);
        }
        if (!allowed) {
            throw new MlsException(
                    Reason.SENDER_NOT_ALLOWED,
                    "this sender may not propose something of type " + proposal.type());
        }
    }

    /** All members who stay know each type that the RFC does not demand. */
    private void requireKnown(List<Queued> list) throws MlsException {
        Roster staying = epoch.roster();
        for (Queued each : list) {
            Optional<Integer> leaf = leaf(each);
            if (leaf.isPresent() && !(each.proposal() instanceof Proposal.Update)) {
                staying =
                        staying.without(
                                epoch.roster().require(leaf.get()).leafIndex(),
                                epoch.tree().requireMember(leaf.get()));
            }
        }
        for (Queued each : list) {
            Proposal proposal = each.proposal();
            if ((proposal instanceof Proposal.Other || proposal instanceof Proposal.SelfRemove)
                    && !staying.allKnowProposal(proposal.type())) {
                throw new MlsException(
                        Reason.PROPOSAL_NOT_SUPPORTED,
                        "proposals of type " + proposal.type() + " are not known to all members");
            }
        }
    }

    private void requireSound(Proposal proposal) throws MlsException {
        if (proposal instanceof Proposal.PreSharedKey psk) {
            requirePsk(psk.psk());
        } else if (proposal instanceof Proposal.GroupContextExtensions) {
            if (extensions) {
                throw new MlsException(
                        Reason.EXTENSIONS_REPLACED_TWICE, "the extensions are replaced twice");
            }
            extensions = true;
        } else if (proposal instanceof Proposal.ReInit reinit
                && reinit.version() < GroupContext.MLS10) {
            throw new MlsException(
                    Reason.BAD_REINIT, "a reinitialization with version " + reinit.version());
        }
    }

    private void requirePsk(PreSharedKeyId id) throws MlsException {
        if (id.nonce().length() != epoch.suite().secretLength()) {
            throw new MlsException(
                    Reason.BAD_PSK_NONCE,
                    "a PSK nonce of "
                            + id.nonce().length()
                            + " bytes, expected "
                            + epoch.suite().secretLength());
        }
        if (id instanceof PreSharedKeyId.Resumption resumption && resumption.usage() != usage) {
            throw new MlsException(
                    Reason.BAD_PSK_USAGE,
                    "a resumption key for " + resumption.usage() + ", expected " + usage);
        }
        if (!psks.add(id)) {
            throw new MlsException(Reason.DUPLICATE_PSK, "a pre-shared key is there twice");
        }
    }
}
