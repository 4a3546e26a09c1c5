package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupStatus;
import dev.parley.groups.internal.core.RefusalException.Code;
import dev.parley.groups.internal.format.InviteLink;
import dev.parley.groups.internal.format.Item;
import dev.parley.groups.internal.format.Step;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.identity.api.AgentId;
import dev.parley.mls.api.Change;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.PskSource;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gets from other members what is missing here, and takes their branch where it counts more. */
final class CatchUp {
    private static final Duration ROUND = Duration.ofSeconds(30);

    private final Group group;
    private final Joins joins;
    private Optional<AgentId> under = Optional.empty();
    private Optional<AgentId> wanted = Optional.empty();
    private Instant nextRound = Instant.MIN;

    CatchUp(Group group, Joins joins) {
        this.group = group;
        this.joins = joins;
    }

    private boolean pulls() {
        // Also if we were removed: that may have lost a race that we have not heard of.
        return group.joining.isEmpty() && group.lastInside().isPresent();
    }

    void tick(Instant now) {
        if (!pulls() || now.isBefore(nextRound)) {
            return;
        }
        nextRound =
                now.plus(ROUND).plusMillis(group.setup.random().nextInt((int) ROUND.toMillis()));
        List<AgentId> members = group.connected.stream().filter(group::wasMember).toList();
        if (!members.isEmpty()) {
            want(members.get(group.setup.random().nextInt(members.size())));
        }
    }

    /** Asks that member, or another one if it cannot be asked. */
    void want(AgentId from) {
        if (!pulls()) {
            return;
        }
        Optional<AgentId> whom =
                group.connected.contains(from) && group.known(from)
                        ? Optional.of(from)
                        : group.connected.stream().filter(group::wasMember).findFirst();
        if (whom.isEmpty()) {
            return;
        }
        if (under.isPresent()) {
            wanted = whom;
            return;
        }
        under = whom;
        List<Hash> epochs = group.tree.orElseThrow().nodes().stream().map(EpochNode::id).toList();
        List<Step> past = group.chronicle.lineage();
        List<Hash> before =
                past
                        .subList(Math.max(0, past.size() - SyncMessage.MAX_EPOCHS), past.size())
                        .stream()
                        .map(Step::epoch)
                        .toList();
        group.out.add(
                new Effect.Ask(
                        whom.get(),
                        new SyncMessage.Pull(
                                group.setup.group(),
                                epochs,
                                before,
                                group.chronicle.messageIds())));
    }

    void unanswered() {
        under = Optional.empty();
        next();
    }

    private void next() {
        if (under.isEmpty() && wanted.isPresent()) {
            AgentId from = wanted.get();
            wanted = Optional.empty();
            want(from);
        }
    }

    SyncMessage.Pulled give(AgentId caller, SyncMessage.Pull question) throws RefusalException {
        boolean known = mayAsk(caller);
        List<Step> lineage = group.lineage();
        if (!known
                && lineage.stream()
                        .noneMatch(
                                step ->
                                        question.epochs().contains(step.epoch())
                                                || question.past().contains(step.epoch()))) {
            throw new RefusalException(Code.NO_SUCH_GROUP, "not here, or not for you");
        }
        EpochNode head = group.head().orElseThrow();
        Chronicle.Missing missing = group.chronicle.missing(question.epochs(), question.messages());
        return new SyncMessage.Pulled(
                head.id(),
                head.number(),
                group.tree.orElseThrow().chain().get(0).number(),
                group.isMember(caller),
                question.epochs().stream()
                        .allMatch(
                                epoch ->
                                        group.tree.orElseThrow().find(epoch).isPresent()
                                                || lineage.stream()
                                                        .anyMatch(it -> it.epoch().equals(epoch))),
                missing.more(),
                missing.items(),
                group.isMember(caller) ? group.invites.used() : List.of(),
                known ? lineage : withoutNames(lineage));
    }

    /** For who was added on another branch than ours: no more than gossip shows everybody. */
    private List<Step> withoutNames(List<Step> lineage) {
        AgentId nobody = AgentId.of(new byte[AgentId.BYTES]);
        return lineage.stream()
                .map(step -> new Step(step.epoch(), step.rank(), nobody, List.of()))
                .toList();
    }

    private boolean mayAsk(AgentId caller) {
        return group.tree.isPresent()
                && (group.known(caller)
                        || group.lineage().stream()
                                .anyMatch(step -> step.removed().contains(caller)));
    }

    SyncMessage.Info give(AgentId caller) throws RefusalException {
        if (!group.isMember(caller) || group.status() != GroupStatus.ACTIVE) {
            throw new RefusalException(Code.NO_SUCH_GROUP, "not here, or not for you");
        }
        EpochNode.Inside inside = group.inside().orElseThrow();
        try {
            return new SyncMessage.Info(
                    inside.state().groupInfo(group.client().signer(), false, true),
                    inside.state().ratchetTree(),
                    group.invites.used(),
                    group.lineage());
        } catch (MlsException e) {
            throw new RefusalException(Code.NO_SUCH_GROUP, String.valueOf(e.getMessage()));
        }
    }

    /**
     * After the items of the answer were taken.
     *
     * @param progress whether they brought anything
     */
    void pulled(AgentId from, SyncMessage.Pulled answer, boolean progress, Instant now) {
        under = Optional.empty();
        if (!pulls()) {
            return;
        }
        if (group.wasMember(from)) {
            group.invites.learn(answer.used());
        }
        if (answer.more() && progress) {
            want(from);
        } else {
            judge(from, answer, now);
        }
        next();
    }

    /** Whether their head is one that we cannot follow and has to be taken all the same. */
    private void judge(AgentId from, SyncMessage.Pulled answer, Instant now) {
        if (!group.wasMember(from) || group.tree.orElseThrow().find(answer.head()).isPresent()) {
            if (group.catchingUp) {
                group.catchingUp = false;
                group.save();
            }
            return;
        }
        List<Step> mine = group.lineage();
        List<Step> theirs = answer.lineage();
        if (theirs.isEmpty()
                || !theirs.get(theirs.size() - 1).epoch().equals(answer.head())
                || mine.stream().anyMatch(step -> step.epoch().equals(answer.head()))) {
            return;
        }
        int common = lastCommon(mine, theirs);
        boolean outForNow =
                group.inside().isEmpty()
                        && common >= 0
                        && theirs.get(common).epoch().equals(group.head().orElseThrow().id());
        if (outForNow) {
            return;
        }
        boolean refused =
                common >= 0
                        && common + 1 < theirs.size()
                        && answer.items().stream()
                                .anyMatch(
                                        item ->
                                                item instanceof Item.Commit commit
                                                        && commit.epoch()
                                                                .equals(theirs.get(common).epoch())
                                                        && group.chronicle.refused(commit));
        if (refused || !theyCount(mine, theirs, common, answer)) {
            return;
        }
        if (answer.member()) {
            group.catchingUp = true;
            group.save();
            under = Optional.of(from);
            group.out.add(new Effect.Ask(from, new SyncMessage.AskInfo(group.setup.group())));
        } else {
            notThere(from, mine, theirs, common, now);
        }
    }

    private static int lastCommon(List<Step> mine, List<Step> theirs) {
        Map<Hash, Integer> places = new HashMap<>();
        for (int i = 0; i < theirs.size(); i++) {
            places.put(theirs.get(i).epoch(), i);
        }
        for (int i = mine.size() - 1; i >= 0; i--) {
            Integer place = places.get(mine.get(i).epoch());
            if (place != null) {
                return place;
            }
        }
        return -1;
    }

    private boolean theyCount(
            List<Step> mine, List<Step> theirs, int common, SyncMessage.Pulled answer) {
        long number = answer.number();
        long commonNumber = number - (theirs.size() - 1 - common);
        if (answer.judged() || !answer.member() && (common < 0 || commonNumber < answer.oldest())) {
            // They know our branch and went another way; or they can neither judge it any more nor
            // be asked to come over.
            return true;
        }
        if (common < 0) {
            EpochNode head = group.head().orElseThrow();
            return number != head.number()
                    ? number > head.number()
                    : theirs.get(theirs.size() - 1).epoch().compareTo(head.id()) < 0;
        }
        Optional<Step> ourNext = after(mine, theirs.get(common).epoch());
        return ourNext.isEmpty() || theirs.get(common + 1).beats(ourNext.get());
    }

    private static Optional<Step> after(List<Step> steps, Hash epoch) {
        for (int i = 0; i + 1 < steps.size(); i++) {
            if (steps.get(i).epoch().equals(epoch)) {
                return Optional.of(steps.get(i + 1));
            }
        }
        return Optional.empty();
    }

    /** Their branch counts and we are not in it: added only on the other one, or removed. */
    private void notThere(
            AgentId from, List<Step> mine, List<Step> theirs, int common, Instant now) {
        boolean removedThere =
                theirs.subList(common + 1, theirs.size()).stream()
                        .anyMatch(step -> step.removed().contains(group.self()));
        Optional<InviteLink> invite = group.cameBy.filter(it -> it.expires().isAfter(now));
        if (!removedThere
                && invite.isPresent()
                && group.leaving.isEmpty()
                && group.inside().isPresent()
                && common >= 0
                && after(mine, theirs.get(common).epoch()).isPresent()) {
            try {
                joins.begin(invite.get(), now);
            } catch (MlsException e) {
                group.catchingUp = true;
            }
        } else if (group.leaving.isPresent() || group.lastInside().orElseThrow().admin(from)) {
            group.endHere();
        } else {
            group.catchingUp = true;
            group.save();
        }
    }

    /** Takes the place of our leaf on the branch of that member. */
    void resync(AgentId from, SyncMessage.Info info, Instant now) {
        under = Optional.empty();
        if (!pulls() || !group.catchingUp) {
            return;
        }
        EpochNode.Inside old = group.lastInside().orElseThrow();
        Committed made;
        EpochNode root;
        try {
            made =
                    group.setup
                            .mls()
                            .joinByCommit(
                                    info.groupInfo(),
                                    group.client(),
                                    Optional.of(info.tree()),
                                    List.of(),
                                    PskSource.NONE,
                                    new byte[0],
                                    now);
            List<Step> lineage = new ArrayList<>(info.lineage());
            Hash id =
                    EpochNode.id(
                            group.setup.group(),
                            made.staged().next().epoch(),
                            made.staged().hash());
            lineage.add(new Step(id, 1, group.self(), List.of()));
            root = Joins.root(group, made.staged().next(), lineage, now, new Intent.Nothing());
            boolean inPlace =
                    made.staged().changes().stream()
                            .anyMatch(
                                    change ->
                                            change instanceof Change.Removed removed
                                                    && CommitRules.agent(removed.member())
                                                            .equals(group.self()));
            EpochNode.Inside inside = root.inside().orElseThrow();
            if (!inPlace
                    || !inside.members().containsKey(from)
                    || !Arrays.equals(inside.charter().topicKey(), old.charter().topicKey())) {
                return;
            }
            rememberLost(info.lineage(), now);
            Joins.replaceTree(group, root, lineage);
        } catch (MlsException | MalformedException e) {
            return;
        }
        Item.Commit item = new Item.Commit(root.parent(), made.message());
        group.chronicle.add(root.id(), item);
        group.invites.learn(info.used());
        group.catchingUp = false;
        group.keysSince = now;
        group.pending.save();
        group.save();
        group.publish(item);
        want(from);
    }

    /** What only our branch did: removals that are ours to say again, and intents. */
    private void rememberLost(List<Step> theirs, Instant now) {
        List<Step> mine = group.lineage();
        int common = lastCommon(mine, theirs);
        boolean lost = common < 0;
        for (Step step : mine) {
            if (lost) {
                for (AgentId agent : step.removed()) {
                    group.pending.removals.put(
                            agent, new Pending.Removal(step.committer(), false, now));
                }
            }
            lost |= common >= 0 && step.epoch().equals(theirs.get(common).epoch());
        }
        for (EpochNode node : group.tree.orElseThrow().chain()) {
            boolean there = theirs.stream().anyMatch(step -> step.epoch().equals(node.id()));
            if (!there && !(node.intent() instanceof Intent.Nothing)) {
                group.pending.intents.add(new Pending.Again(node.intent(), now));
            }
        }
    }
}
