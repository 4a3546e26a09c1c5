package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupException.Reason;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.internal.format.Admitted;
import dev.parley.groups.internal.format.Charter;
import dev.parley.groups.internal.format.Item;
import dev.parley.groups.internal.format.Step;
import dev.parley.groups.internal.format.UsedInvite;
import dev.parley.identity.api.AgentId;
import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes commits, takes those of others, and follows the head wherever it goes. */
final class Commits {
    /** Of an invite that was used and is not known here. */
    private static final Duration UNKNOWN_INVITE = Duration.ofDays(30);

    private final Group group;

    Commits(Group group) {
        this.group = group;
    }

    /**
     * An own commit that was taken.
     *
     * @param welcome if somebody was added
     */
    record Own(EpochNode node, Optional<byte[]> welcome) {}

    /** Commits at the head, with new keys for our leaf. */
    Own commit(List<Proposing> what, List<Admitted> admitted, Intent intent, Instant now)
            throws GroupException {
        EpochTree tree = group.tree.orElseThrow();
        EpochNode head = tree.head();
        group.reservations.use(head);
        Committed made;
        EpochNode node;
        try {
            made =
                    head.inside()
                            .orElseThrow()
                            .state()
                            .commit(
                                    new CommitRequest(
                                            what,
                                            List.of(),
                                            true,
                                            true,
                                            false,
                                            Admitted.encode(admitted),
                                            group.client()),
                                    PskSource.NONE,
                                    now);
            node = CommitRules.judge(group.setup.group(), head, made.staged(), now, intent);
        } catch (MlsException e) {
            throw new GroupException(Reason.INVALID, String.valueOf(e.getMessage()));
        } catch (CommitRules.NotAllowedException e) {
            throw new GroupException(
                    e.lastAdmin ? Reason.LAST_ADMIN : Reason.NOT_ALLOWED,
                    String.valueOf(e.getMessage()));
        }
        List<EpochNode> before = tree.chain();
        Item.Commit item = new Item.Commit(head.id(), made.message());
        tree.add(node);
        group.keep(node);
        group.chronicle.add(node.id(), item);
        group.keysSince = now;
        group.save();
        group.publish(head.inside().orElseThrow().charter().topic(), item);
        moved(before, now);
        return new Own(node, made.welcome());
    }

    /** The group's extensions with another charter. */
    Proposing charter(Charter charter) {
        List<MlsExtension> extensions = new ArrayList<>();
        for (MlsExtension extension : group.inside().orElseThrow().state().extensions()) {
            extensions.add(
                    extension.type() == Charter.EXTENSION_TYPE ? charter.extension() : extension);
        }
        return new Proposing.Extensions(extensions);
    }

    /** What takes a member out, its role included. */
    List<Proposing> removal(AgentId agent) {
        EpochNode.Inside inside = group.inside().orElseThrow();
        List<Proposing> what = new ArrayList<>();
        what.add(new Proposing.Remove(inside.leaf(agent)));
        if (inside.admin(agent)) {
            what.add(charter(inside.charter().withoutAdmin(agent)));
        }
        return what;
    }

    /** What became of a commit that somebody gave us. */
    enum Taken {
        TAKEN,
        NO_PARENT,
        NOTHING
    }

    /** Does not yet follow the head: see {@link #moved}. */
    Taken take(Item.Commit item, Instant now) {
        EpochTree tree = group.tree.orElseThrow();
        if (group.chronicle.has(item)) {
            return Taken.NOTHING;
        }
        Optional<EpochNode> parent = tree.find(item.epoch());
        if (parent.isEmpty()) {
            return group.lineage().stream().anyMatch(step -> step.epoch().equals(item.epoch()))
                    ? Taken.NOTHING
                    : Taken.NO_PARENT;
        }
        if (parent.get().inside().isEmpty()) {
            return Taken.NOTHING;
        }
        Optional<EpochNode> node = read(parent.get(), item, now);
        if (node.isEmpty()) {
            group.chronicle.refuse(item.message());
            return Taken.NOTHING;
        }
        if (tree.find(node.get().id()).isPresent()) {
            return Taken.NOTHING;
        }
        EpochNode taken;
        try {
            taken = group.reservations.resumed(node.get(), group.setup.mls());
        } catch (MlsException | MalformedException e) {
            // Too many keys of it are gone to begin where they end.
            group.chronicle.refuse(item.message());
            return Taken.NOTHING;
        }
        tree.add(taken);
        group.keep(taken);
        group.chronicle.add(taken.id(), item);
        return Taken.TAKEN;
    }

    private Optional<EpochNode> read(EpochNode parent, Item.Commit item, Instant now) {
        EpochNode.Inside before = parent.inside().orElseThrow();
        Received received = before.state().receive(item.message(), PskSource.NONE, now);
        if (received instanceof Received.Commit it) {
            try {
                return Optional.of(
                        CommitRules.judge(
                                group.setup.group(),
                                parent,
                                it.staged(),
                                now,
                                new Intent.Nothing()));
            } catch (CommitRules.NotAllowedException e) {
                return Optional.empty();
            }
        }
        if (received instanceof Received.Evicted it
                && before.admin(CommitRules.agent(it.committer()))
                && !before.charter().closed()) {
            return Optional.of(
                    new EpochNode(
                            new Step(
                                    EpochNode.id(
                                            group.setup.group(), parent.number() + 1, it.hash()),
                                    0,
                                    CommitRules.agent(it.committer()),
                                    List.of(group.self())),
                            parent.id(),
                            parent.number() + 1,
                            List.of(),
                            Optional.empty(),
                            now,
                            new Intent.Nothing()));
        }
        return Optional.empty();
    }

    /** Follows the head from where it was: events, invites, and what has to be said again. */
    void moved(List<EpochNode> before, Instant now) {
        EpochTree tree = group.tree.orElseThrow();
        List<EpochNode> after = tree.chain();
        int common = 0;
        while (common < before.size()
                && common < after.size()
                && before.get(common).id().equals(after.get(common).id())) {
            common++;
        }
        if (common == before.size() && common == after.size()) {
            return;
        }
        List<EpochNode> lost = before.subList(common, before.size());
        List<EpochNode> gained = after.subList(common, after.size());
        for (EpochNode node : lost) {
            rememberLost(node, after.get(common - 1), after.get(after.size() - 1), now);
        }
        for (EpochNode node : gained) {
            for (Admitted it : node.admitted()) {
                group.pending.removals.remove(it.agent());
                group.pending.readmissions.remove(it.agent());
                group.pending.leavers.remove(it.agent());
                group.invites.use(
                        new UsedInvite(
                                it.inviteId(),
                                it.agent(),
                                group.invites
                                        .find(it.inviteId())
                                        .map(open -> open.record().invite().expires())
                                        .orElse(now.plus(UNKNOWN_INVITE))));
            }
        }
        if (!lost.isEmpty()) {
            group.out.add(
                    new Effect.Tell(new GroupEvent.Reordered(group.setup.group(), lost.size())));
        }
        group.inside()
                .ifPresent(it -> group.pending.leavers.keySet().retainAll(it.members().keySet()));
        group.pending.save();
        group.save();
        tellDifferences(before.get(before.size() - 1), after.get(after.size() - 1));
        prune(now);
    }

    /** A removal is void if the branch that counts took its author's role. */
    private void rememberLost(EpochNode node, EpochNode common, EpochNode head, Instant now) {
        AgentId author = node.step().committer();
        boolean stands = head.inside().map(it -> it.admin(author)).orElse(false);
        boolean was = common.inside().map(it -> it.admin(author)).orElse(false);
        if (stands || !was) {
            for (AgentId agent : node.step().removed()) {
                group.pending.removals.put(agent, new Pending.Removal(author, stands, now));
            }
        }
        for (Admitted it : node.admitted()) {
            group.pending.removals.remove(it.agent());
            group.pending.readmissions.put(it.agent(), now);
        }
        if (!(node.intent() instanceof Intent.Nothing)) {
            group.pending.intents.add(new Pending.Again(node.intent(), now));
        }
    }

    private void tellDifferences(EpochNode from, EpochNode to) {
        if (from.inside().isEmpty() || to.inside().isEmpty()) {
            return;
        }
        EpochNode.Inside was = from.inside().get();
        EpochNode.Inside is = to.inside().get();
        for (Map.Entry<AgentId, Integer> member : was.members().entrySet()) {
            if (!is.members().containsKey(member.getKey())) {
                tell(new GroupEvent.MemberGone(group.setup.group(), member.getKey()));
            }
        }
        Set<AgentId> before = was.members().keySet();
        for (AgentId agent : is.members().keySet()) {
            if (!before.contains(agent)) {
                tell(new GroupEvent.MemberJoined(group.setup.group(), agent));
            }
            if (before.contains(agent) && was.admin(agent) != is.admin(agent)) {
                tell(
                        new GroupEvent.RoleChanged(
                                group.setup.group(),
                                agent,
                                is.admin(agent) ? GroupRole.ADMIN : GroupRole.MEMBER));
            }
        }
        Charter charter = is.charter();
        if (!charter.name().equals(was.charter().name())
                || !charter.description().equals(was.charter().description())) {
            tell(
                    new GroupEvent.Renamed(
                            group.setup.group(), charter.name(), charter.description()));
        }
    }

    private void tell(GroupEvent event) {
        group.out.add(new Effect.Tell(event));
    }

    /** Lets go of what left the window. */
    void prune(Instant now) {
        EpochTree.Pruned pruned = group.tree.orElseThrow().prune(now);
        if (!pruned.formerRoots().isEmpty()) {
            List<Step> lineage = new ArrayList<>(group.chronicle.lineage());
            pruned.formerRoots().forEach(node -> lineage.add(node.step()));
            group.chronicle.lineage(lineage);
        }
        for (List<EpochNode> nodes : List.of(pruned.formerRoots(), pruned.others())) {
            for (EpochNode node : nodes) {
                group.drop(node);
                node.inside().ifPresent(it -> it.state().destroy());
            }
        }
        group.reservations.release(group.tree.orElseThrow());
    }
}
