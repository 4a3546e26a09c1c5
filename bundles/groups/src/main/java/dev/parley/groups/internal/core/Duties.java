package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.internal.format.Charter;
import dev.parley.groups.internal.format.Content;
import dev.parley.identity.api.AgentId;
import dev.parley.mls.api.Proposing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is done without being asked: by any admin in its turn, or by each member for itself. */
final class Duties {
    static final Duration NEW_KEYS = Duration.ofDays(7);
    private static final Duration SAY_LEAVING = Duration.ofSeconds(30);
    private static final Duration GIVE_UP_LEAVING = Duration.ofDays(7);
    private static final Duration STEP = Duration.ofSeconds(5);

    private final Group group;
    private final Commits commits;
    private final Talk talk;
    private Instant saidLeaving = Instant.MIN;

    Duties(Group group, Commits commits, Talk talk) {
        this.group = group;
        this.commits = commits;
        this.talk = talk;
    }

    /** At most one commit each time. */
    void tick(Instant now) throws GroupException {
        group.invites.expire(now);
        group.chronicle.expire(now);
        group.pending
                .readmissions
                .values()
                .removeIf(since -> since.plus(Pending.READMISSIONS).isBefore(now));
        Optional<EpochNode.Inside> inside = group.inside();
        if (inside.isEmpty()) {
            endIfOver(now);
            return;
        }
        commits.prune(now);
        leave(inside.get(), now);
        boolean acts = !inside.get().charter().closed() && !group.catchingUp;
        if (!acts || group.inside().isEmpty()) {
            return;
        }
        if (inside.get().admin(group.self())) {
            Optional<AgentId> due = dueRemoval(inside.get(), now);
            if (due.isPresent()) {
                commits.commit(commits.removal(due.get()), List.of(), new Intent.Nothing(), now);
                return;
            }
        }
        if (sayAgain(inside.get(), now)) {
            return;
        }
        long spread = Math.floorMod(group.self().hashCode(), NEW_KEYS.toSeconds() / 7);
        if (group.keysSince.plus(NEW_KEYS).plusSeconds(spread).isBefore(now)) {
            commits.commit(List.of(), List.of(), new Intent.Nothing(), now);
        }
    }

    private void endIfOver(Instant now) {
        Optional<EpochNode> head = group.head();
        if (group.joining.isEmpty()
                && head.isPresent()
                && (group.leaving.isPresent()
                        || head.get().taken().plus(EpochTree.MAX_AGE).isBefore(now))) {
            group.endHere();
        }
    }

    private void leave(EpochNode.Inside inside, Instant now) throws GroupException {
        if (group.leaving.isEmpty()) {
            return;
        }
        boolean lastAdmin =
                inside.admin(group.self())
                        && inside.charter().admins().size() == 1
                        && inside.members().size() > 1;
        if (lastAdmin) {
            // The other admins are gone meanwhile; a group without one could never be mended.
            group.leaving = Optional.empty();
            group.save();
        } else if (inside.members().size() == 1
                || inside.charter().closed()
                || group.leaving.get().plus(GIVE_UP_LEAVING).isBefore(now)) {
            group.endHere();
        } else if (saidLeaving.isBefore(now.minus(SAY_LEAVING))) {
            saidLeaving = now;
            talk.tellMembers(Content.Kind.LEAVING, new byte[0], now);
        }
    }

    /** When it is our turn, the n-th of those who may act. */
    private Instant turn(EpochNode.Inside inside, Instant since, int ahead) {
        int place = inside.charter().admins().headSet(group.self()).size() + ahead;
        return since.plusSeconds(1).plus(STEP.multipliedBy(place));
    }

    private Optional<AgentId> dueRemoval(EpochNode.Inside inside, Instant now) {
        for (Map.Entry<AgentId, Instant> leaver : group.pending.leavers.entrySet()) {
            if (!leaver.getKey().equals(group.self())
                    && inside.members().containsKey(leaver.getKey())
                    && !turn(inside, leaver.getValue(), 0).isAfter(now)
                    && leavesAnAdmin(inside, leaver.getKey())) {
                return Optional.of(leaver.getKey());
            }
        }
        boolean changed =
                group.pending
                        .removals
                        .values()
                        .removeIf(it -> it.since().plus(Pending.REMOVALS).isBefore(now));
        if (changed) {
            group.pending.save();
        }
        for (Map.Entry<AgentId, Pending.Removal> entry : group.pending.removals.entrySet()) {
            AgentId agent = entry.getKey();
            Pending.Removal removal = entry.getValue();
            Instant turn =
                    removal.author().equals(group.self())
                            ? removal.since().plusSeconds(1)
                            : turn(inside, removal.since(), 1);
            if (!agent.equals(group.self())
                    && inside.members().containsKey(agent)
                    && (removal.stands() || inside.admin(removal.author()))
                    && !turn.isAfter(now)
                    && leavesAnAdmin(inside, agent)) {
                return Optional.of(agent);
            }
        }
        return Optional.empty();
    }

    private static boolean leavesAnAdmin(EpochNode.Inside inside, AgentId without) {
        return inside.charter().admins().stream().anyMatch(admin -> !admin.equals(without));
    }

    private boolean sayAgain(EpochNode.Inside inside, Instant now) throws GroupException {
        List<Pending.Again> due = new ArrayList<>();
        for (Pending.Again again : group.pending.intents) {
            if (!turn(inside, again.since(), 0).isAfter(now)) {
                due.add(again);
            }
        }
        if (due.isEmpty()) {
            return false;
        }
        Pending.Again first = due.get(0);
        group.pending.intents.remove(first);
        group.pending.save();
        if (!inside.admin(group.self())) {
            return false;
        }
        Charter charter = inside.charter();
        Optional<Charter> wanted = Optional.empty();
        if (first.intent() instanceof Intent.SetRole it
                && inside.members().containsKey(it.agent())
                && inside.admin(it.agent()) != (it.role() == GroupRole.ADMIN)) {
            Charter changed =
                    it.role() == GroupRole.ADMIN
                            ? charter.withAdmin(it.agent())
                            : charter.withoutAdmin(it.agent());
            wanted = changed.admins().isEmpty() ? Optional.empty() : Optional.of(changed);
        } else if (first.intent() instanceof Intent.Rename it
                && charter.name().equals(it.before())) {
            wanted = Optional.of(charter.named(it.name(), it.description()));
        } else if (first.intent() instanceof Intent.Close) {
            wanted = Optional.of(charter.ended());
        }
        if (wanted.isEmpty()) {
            return false;
        }
        List<Proposing> what = List.of(commits.charter(wanted.get()));
        commits.commit(what, List.of(), first.intent(), now);
        return true;
    }
}
