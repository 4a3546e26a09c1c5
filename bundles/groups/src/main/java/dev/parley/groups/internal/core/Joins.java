package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupException.Reason;
import dev.parley.groups.api.GroupStatus;
import dev.parley.groups.api.Groups;
import dev.parley.groups.internal.core.RefusalException.Code;
import dev.parley.groups.internal.format.Admitted;
import dev.parley.groups.internal.format.InviteKey;
import dev.parley.groups.internal.format.InviteLink;
import dev.parley.groups.internal.format.InviteRecord;
import dev.parley.groups.internal.format.Step;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.groups.internal.format.UsedInvite;
import dev.parley.identity.api.AgentId;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Joining by an invite, as the one who asks and as the admin who is asked. */
final class Joins {
    private static final Duration AGAIN = Duration.ofSeconds(5);
    private static final int MAX_WELCOMES = 16;

    private final Group group;
    private final Commits commits;
    private final Set<AgentId> asked = new TreeSet<>();
    private Instant askAt = Instant.MIN;

    private record Given(Hash keyPackage, Hash epoch, byte[] welcome, byte[] tree, Instant at) {}

    private final Map<AgentId, Given> given = new LinkedHashMap<>();

    Joins(Group group, Commits commits) {
        this.group = group;
        this.commits = commits;
    }

    /** Begins to ask, with a fresh key package. */
    void begin(InviteLink link, Instant now) throws MlsException {
        Duration lifetime = Duration.between(now, link.expires()).plus(Duration.ofDays(7));
        OwnKeyPackage keyPackage = group.setup.mls().newKeyPackage(group.client(), lifetime, now);
        group.joining = Optional.of(new Group.Joining(link, keyPackage));
        group.cameBy = Optional.of(link);
        group.saveJoining();
        group.save();
        askAt = now;
        asked.clear();
        ask(now);
    }

    /** Somebody is connected now. */
    void connected(Instant now) {
        askAt = askAt.isAfter(now) && asked.isEmpty() ? now : askAt;
        ask(now);
    }

    /** Asks those who are connected and were not asked yet in this round. */
    void ask(Instant now) {
        if (group.joining.isEmpty() || now.isBefore(askAt)) {
            return;
        }
        Group.Joining joining = group.joining.get();
        InviteLink link = joining.link();
        boolean any = false;
        for (AgentId admin : candidates()) {
            if (group.connected.contains(admin) && asked.add(admin)) {
                any = true;
                byte[] keyPackage = joining.keyPackage().message();
                group.out.add(
                        new Effect.Ask(
                                admin,
                                new SyncMessage.Join(
                                        link.group(),
                                        link.inviteId(),
                                        keyPackage,
                                        InviteKey.prove(
                                                link.privateKey(),
                                                link.group(),
                                                link.inviteId(),
                                                group.self(),
                                                keyPackage))));
                // One at a time: two admins would make rival commits.
                break;
            }
        }
        askAt = any ? now.plus(AGAIN) : now.plusSeconds(1);
    }

    /** Gives up when the invite has expired. */
    void tick(Instant now) {
        if (group.joining.isPresent()
                && group.joining.get().link().expires().isBefore(now)
                && group.tree.isEmpty()) {
            notJoined(new GroupException(Reason.INVITE_EXPIRED, "the invite has expired"));
        } else {
            ask(now);
        }
    }

    void unanswered(AgentId from, String code) {
        if (group.joining.isEmpty()) {
            return;
        }
        switch (code) {
            case "INVITE_EXPIRED" ->
                    notJoined(new GroupException(Reason.INVITE_EXPIRED, "the invite has expired"));
            case "INVITE_REFUSED" ->
                    notJoined(
                            new GroupException(
                                    Reason.INVITE_REFUSED,
                                    "the invite was used by somebody else or taken back"));
            case "FULL" ->
                    notJoined(
                            new GroupException(
                                    Reason.TOO_LARGE,
                                    "the group has " + Groups.MAX_MEMBERS + " members already"));
            default -> {
                // Whoever is asked next may know; when all were asked it begins anew.
                if (asked.containsAll(connectedAdmins())) {
                    asked.clear();
                }
            }
        }
    }

    private Set<AgentId> connectedAdmins() {
        Set<AgentId> admins = candidates();
        admins.retainAll(group.connected);
        return admins;
    }

    /** Those in the link; if we were in it before, any whom we know: admins change. */
    private Set<AgentId> candidates() {
        Set<AgentId> candidates = new LinkedHashSet<>(group.joining.orElseThrow().link().admins());
        group.lastInside().ifPresent(it -> candidates.addAll(it.members().keySet()));
        return candidates;
    }

    private void notJoined(GroupException cause) {
        group.out.add(new Effect.NotJoined(cause));
        group.joining = Optional.empty();
        if (group.tree.isEmpty()) {
            group.out.add(new Effect.Forget());
        } else {
            group.endHere();
        }
    }

    /**
     * @return whether we are in
     */
    boolean welcome(AgentId from, SyncMessage.Welcome welcome, Instant now) {
        if (group.joining.isEmpty()) {
            return false;
        }
        Group.Joining joining = group.joining.get();
        asked.remove(from);
        EpochNode root;
        try {
            GroupState state =
                    group.setup
                            .mls()
                            .join(
                                    welcome.welcome(),
                                    joining.keyPackage(),
                                    group.client(),
                                    Optional.of(welcome.tree()),
                                    PskSource.NONE,
                                    now);
            root = root(group, state, welcome.lineage(), now, new Intent.Nothing());
            if (!root.inside().orElseThrow().admin(from)) {
                return false;
            }
        } catch (MlsException | MalformedException e) {
            return false;
        }
        replaceTree(group, root, welcome.lineage());
        group.joining = Optional.empty();
        group.catchingUp = false;
        group.saveJoining();
        group.invites.learn(welcome.used());
        group.keysSince = now;
        group.save();
        group.out.add(new Effect.Follow(root.inside().orElseThrow().charter().topic()));
        group.out.add(new Effect.Joined());
        return true;
    }

    /** The first epoch that we are in, as the lineage says it came about. */
    static EpochNode root(
            Group group, GroupState state, List<Step> lineage, Instant now, Intent intent)
            throws MalformedException {
        EpochNode.Inside inside = EpochNode.Inside.of(state);
        Hash id = EpochNode.id(group.setup.group(), state.epoch(), state.confirmedTranscriptHash());
        Step last = lineage.isEmpty() ? null : lineage.get(lineage.size() - 1);
        if (!Arrays.equals(state.groupId(), group.setup.group().bytes())
                || !inside.members().containsKey(group.self())
                || inside.charter().admins().isEmpty()
                || last == null
                || !last.epoch().equals(id)) {
            throw new MalformedException(
                    MalformedException.Reason.BAD_VALUE, "not the state that was asked for");
        }
        return new EpochNode(
                last,
                lineage.size() > 1 ? lineage.get(lineage.size() - 2).epoch() : EpochNode.NO_PARENT,
                state.epoch(),
                List.of(),
                Optional.of(inside),
                now,
                intent);
    }

    static void replaceTree(Group group, EpochNode root, List<Step> lineage) {
        group.dropAll();
        group.tree = Optional.of(new EpochTree(root));
        group.keep(root);
        group.chronicle.lineage(lineage.subList(0, lineage.size() - 1));
    }

    /** As an admin: checks in the order of 0013, "Joining". */
    SyncMessage.Welcome admit(AgentId caller, SyncMessage.Join question, Instant now)
            throws RefusalException {
        EpochNode.Inside inside = group.inside().orElseThrow();
        if (group.status() != GroupStatus.ACTIVE || !inside.admin(group.self())) {
            throw new RefusalException(Code.NOT_ADMIN, "no admin, or not at the moment");
        }
        String id = InviteBook.hex(question.inviteId());
        boolean invited = !inside.members().containsKey(caller);
        if (invited) {
            checkInvite(caller, question, id, inside, now);
        }
        checkKeyPackage(caller, question, now);
        Hash keyPackage = Hash.sha256(question.keyPackage());
        Given before = given.get(caller);
        if (before != null
                && before.keyPackage().equals(keyPackage)
                && group.head().orElseThrow().id().equals(before.epoch())) {
            return answer(before);
        }
        if (before != null && before.at().plus(AGAIN).isAfter(now)) {
            throw new RefusalException(Code.BUSY, "another welcome was given just now");
        }
        List<Proposing> what = new ArrayList<>();
        if (inside.members().containsKey(caller)) {
            what.add(new Proposing.Remove(inside.leaf(caller)));
        } else if (inside.members().size() >= Groups.MAX_MEMBERS) {
            throw new RefusalException(Code.FULL, "the group is full");
        }
        what.add(new Proposing.Add(question.keyPackage()));
        try {
            Commits.Own own =
                    commits.commit(
                            what, List.of(new Admitted(id, caller)), new Intent.Nothing(), now);
            Given fresh =
                    new Given(
                            keyPackage,
                            own.node().id(),
                            own.welcome().orElseThrow(),
                            own.node().inside().orElseThrow().state().ratchetTree(),
                            now);
            given.put(caller, fresh);
            if (given.size() > MAX_WELCOMES) {
                given.remove(given.keySet().iterator().next());
            }
            return answer(fresh);
        } catch (GroupException e) {
            throw new RefusalException(Code.MALFORMED, String.valueOf(e.getMessage()));
        }
    }

    private SyncMessage.Welcome answer(Given it) {
        return new SyncMessage.Welcome(
                it.welcome(), it.tree(), group.invites.used(), group.lineage());
    }

    private void checkInvite(
            AgentId caller,
            SyncMessage.Join question,
            String id,
            EpochNode.Inside inside,
            Instant now)
            throws RefusalException {
        Optional<UsedInvite> used = group.invites.used(id);
        if (used.isPresent() && !used.get().agent().equals(caller)) {
            throw new RefusalException(Code.INVITE_REFUSED, "the invite was used or taken back");
        }
        InviteBook.Open open =
                group.invites
                        .find(id)
                        .orElseThrow(
                                () ->
                                        new RefusalException(
                                                Code.INVITE_UNKNOWN, "no such invite is known"));
        InviteRecord invite = open.record().invite();
        if (invite.expires().isBefore(now)) {
            throw new RefusalException(Code.INVITE_EXPIRED, "the invite has expired");
        }
        if (!inside.admin(open.record().inviter())) {
            throw new RefusalException(Code.INVITE_REFUSED, "its inviter is no admin any more");
        }
        if (used.isPresent() && !group.pending.readmissions.containsKey(caller)) {
            boolean removed =
                    group.lineage().stream().anyMatch(step -> step.removed().contains(caller));
            // If it was added on a branch that is not known here, who saw that may let it in.
            throw new RefusalException(
                    removed ? Code.INVITE_REFUSED : Code.INVITE_UNKNOWN, "the invite was used");
        }
        if (!InviteKey.verify(
                invite.publicKey(),
                question.proof(),
                group.setup.group(),
                question.inviteId(),
                caller,
                question.keyPackage())) {
            throw new RefusalException(Code.INVITE_REFUSED, "the proof does not hold");
        }
    }

    /** A member that lost its state needs no more: the connection proved who it is. */
    private void checkKeyPackage(AgentId caller, SyncMessage.Join question, Instant now)
            throws RefusalException {
        try {
            if (!CommitRules.agent(group.setup.mls().inspect(question.keyPackage(), now))
                    .equals(caller)) {
                throw new RefusalException(Code.MALFORMED, "somebody else's key package");
            }
        } catch (MlsException e) {
            throw new RefusalException(Code.MALFORMED, String.valueOf(e.getMessage()));
        }
    }
}
