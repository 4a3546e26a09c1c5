package dev.parley.mls.internal.group;

import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Received;
import dev.parley.mls.internal.framing.AuthenticatedContent;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.proposal.PreSharedKeyId.Usage;
import java.util.List;
import java.util.Optional;

/** Checks a proposal that stands in a message of its own, and queues it. */
final class ProposalReader {
    private ProposalReader() {}

    static Received read(Environment environment, Group group, AuthenticatedContent message)
            throws MlsException {
        Epoch epoch = group.epochOf();
        Queued queued =
                new Queued(
                        ((Content.Propose) message.content().content()).proposal(),
                        message.content().sender(),
                        Optional.of(ProposalMaker.reference(epoch.suite(), message)),
                        Optional.empty(),
                        Optional.empty());
        Queued.Told told = told(environment, epoch, queued);
        return group.with(told).told(told);
    }

    /**
     * A proposal that some commit of now could have, and what it would change.
     *
     * @throws MlsException with the rule that it breaks
     */
    static Queued.Told told(Environment environment, Epoch epoch, Queued queued)
            throws MlsException {
        new ProposalRules(epoch.open(), Usage.APPLICATION).check(List.of(queued), Optional.empty());
        Applied applied = Applying.applyAlone(environment, epoch.open(), queued);
        Optional<MemberId> whose =
                applied.changes().get(0) instanceof dev.parley.mls.api.Change.Added added
                        ? Optional.of(added.member().id())
                        : applied.changes().get(0)
                                        instanceof dev.parley.mls.api.Change.Updated updated
                                ? Optional.of(updated.after().id())
                                : Optional.empty();
        return new Queued.Told(
                new Queued(
                        queued.proposal(),
                        queued.sender(),
                        queued.reference(),
                        whose,
                        queued.leafKey()),
                applied.changes().get(0));
    }
}
