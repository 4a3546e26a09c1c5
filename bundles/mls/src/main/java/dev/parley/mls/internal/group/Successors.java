package dev.parley.mls.internal.group;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.mls.internal.proposal.PreSharedKeyId.Usage;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.mls.internal.welcome.GroupInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Groups that another one goes on as, or that branch off it (RFC 9420 sections 11.2 and 11.3). */
final class Successors {
    private Successors() {}

    /** The group that a reinitialization asked for. */
    static Committed reinit(
            Environment environment,
            Epoch ended,
            Client client,
            List<byte[]> keyPackages,
            Instant now)
            throws MlsException {
        Proposal.ReInit as =
                ended.ended()
                        .orElseThrow(
                                () ->
                                        new MlsException(
                                                Reason.WRONG_ORIGIN,
                                                "the group was not reinitialized"));
        require(client.cipherSuite() == as.cipherSuite(), "the cipher suite");
        Group first = Creating.create(environment, client, as.groupId(), as.extensions(), now);
        Committed made =
                fill(environment, first.epochOf(), ended, Usage.REINIT, client, keyPackages, now);
        first.destroy();
        requireSame(ended.roster(), ((Group) made.staged().next()).epochOf().roster());
        return made;
    }

    /** A group of some members of another. */
    static Committed branch(
            Environment environment,
            Epoch parent,
            Client client,
            Bytes groupId,
            Extensions extensions,
            List<byte[]> keyPackages,
            Instant now)
            throws MlsException {
        require(client.cipherSuite() == parent.suite().id(), "the cipher suite");
        Group first = Creating.create(environment, client, groupId, extensions, now);
        Committed made =
                fill(environment, first.epochOf(), parent, Usage.BRANCH, client, keyPackages, now);
        first.destroy();
        requirePart(parent.roster(), ((Group) made.staged().next()).epochOf().roster());
        return made;
    }

    private static Committed fill(
            Environment environment,
            Epoch first,
            Epoch origin,
            Usage usage,
            Client client,
            List<byte[]> keyPackages,
            Instant now)
            throws MlsException {
        List<Proposing> adds = new ArrayList<>();
        keyPackages.forEach(each -> adds.add(new Proposing.Add(each)));
        CommitMaker maker =
                new CommitMaker(
                        environment,
                        first,
                        new CommitRequest(adds, List.of(), true, false, true, new byte[0], client));
        List<Queued> list = maker.list(List.of(), now);
        PreSharedKeyId psk =
                new PreSharedKeyId.Resumption(
                        usage,
                        origin.context().groupId(),
                        origin.context().epoch(),
                        new ProposalMaker(environment, first.suite()).nonce());
        list.add(Queued.byValue(new Proposal.PreSharedKey(psk), new Sender.Member(first.self())));
        return maker.make(list, usage, PskSecrets.with(origin, PskSource.NONE));
    }

    /** Whether a successor that somebody else made is what its origin says. */
    static void check(Epoch origin, List<PreSharedKeyId> psks, GroupInfo info, Roster roster)
            throws MlsException {
        GroupContext context = info.groupContext();
        require(context.epoch() == 1, "the epoch");
        for (PreSharedKeyId each : psks) {
            if (each instanceof PreSharedKeyId.Resumption psk && psk.usage() == Usage.REINIT) {
                requireOrigin(origin, psk);
                Proposal.ReInit as =
                        origin.ended()
                                .orElseThrow(
                                        () ->
                                                new MlsException(
                                                        Reason.WRONG_ORIGIN,
                                                        "the origin was not reinitialized"));
                require(context.version() == as.version(), "the version");
                require(context.cipherSuite() == as.cipherSuite(), "the cipher suite");
                require(context.groupId().equals(as.groupId()), "the group id");
                require(context.extensions().equals(as.extensions()), "the extensions");
                requireSame(origin.roster(), roster);
            } else if (each instanceof PreSharedKeyId.Resumption psk
                    && psk.usage() == Usage.BRANCH) {
                requireOrigin(origin, psk);
                require(context.version() == origin.context().version(), "the version");
                require(context.cipherSuite() == origin.suite().id(), "the cipher suite");
                requirePart(origin.roster(), roster);
            }
        }
    }

    private static void requireOrigin(Epoch origin, PreSharedKeyId.Resumption psk)
            throws MlsException {
        if (!psk.groupId().equals(origin.context().groupId())
                || psk.epoch() != origin.context().epoch()) {
            throw new MlsException(Reason.WRONG_ORIGIN, "the group succeeds another than given");
        }
    }

    private static void requireSame(Roster old, Roster now) throws MlsException {
        requirePart(old, now);
        require(ids(old).equals(ids(now)), "the members");
    }

    private static void requirePart(Roster old, Roster now) throws MlsException {
        require(ids(old).containsAll(ids(now)), "the members");
    }

    private static Set<MemberId> ids(Roster roster) {
        Set<MemberId> ids = new HashSet<>();
        roster.all().forEach(each -> ids.add(each.id()));
        return ids;
    }

    private static void require(boolean holds, String what) throws MlsException {
        if (!holds) {
            throw new MlsException(
                    Reason.NOT_AS_AGREED, what + " of the successor: not what was agreed on");
        }
    }
}
