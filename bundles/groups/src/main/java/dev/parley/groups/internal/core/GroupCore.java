package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupException.Reason;
import dev.parley.groups.api.GroupInfo;
import dev.parley.groups.api.GroupInvite;
import dev.parley.groups.api.GroupMember;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.api.GroupStatus;
import dev.parley.groups.api.Groups;
import dev.parley.groups.internal.format.Charter;
import dev.parley.groups.internal.format.Content;
import dev.parley.groups.internal.format.InviteKey;
import dev.parley.groups.internal.format.InviteLink;
import dev.parley.groups.internal.format.InviteRecord;
import dev.parley.groups.internal.format.Item;
import dev.parley.groups.internal.format.Step;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.SignedRecord;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MlsException;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One group here, without I/O: what comes in changes its state and makes {@link Effect}s, which
 * {@link #drain} hands out. The protocol is 0013. Not thread-safe.
 */
public final class GroupCore {
    private static final Duration WAIT = Duration.ofMinutes(10);
    private static final int MAX_WAITING = 64;

    private record Waiting(AgentId from, Item item, Instant since) {}

    private final Group group;
    private final Commits commits;
    private final Talk talk;
    private final Joins joins;
    private final CatchUp catchUp;
    private final Duties duties;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    private GroupCore(Setup setup) {
        this.group = new Group(setup);
        this.commits = new Commits(group);
        this.talk = new Talk(group);
        this.joins = new Joins(group, commits);
        this.catchUp = new CatchUp(group, joins);
        this.duties = new Duties(group, commits, talk);
    }

    /** A new group with us as its admin. */
    public static GroupCore create(Setup setup, String name, String description, Instant now)
            throws GroupException {
        checkName(name, description);
        GroupCore core = new GroupCore(setup);
        Group group = core.group;
        try {
            group.newClient();
            TreeSet<AgentId> admins = new TreeSet<>();
            admins.add(setup.self());
            Charter charter =
                    new Charter(
                            name, description, setup.bytes(Charter.TOPIC_KEY_BYTES), admins, false);
            GroupState state =
                    setup.mls()
                            .create(
                                    group.client(),
                                    setup.group().bytes(),
                                    List.of(charter.extension()),
                                    now);
            Hash id = EpochNode.id(setup.group(), state.epoch(), state.confirmedTranscriptHash());
            EpochNode root =
                    new EpochNode(
                            new Step(id, 1, setup.self(), List.of()),
                            EpochNode.NO_PARENT,
                            state.epoch(),
                            List.of(),
                            Optional.of(EpochNode.Inside.of(state)),
                            now,
                            new Intent.Nothing());
            group.tree = Optional.of(new EpochTree(root));
            group.since = now;
            group.keysSince = now;
            group.keep(root);
            group.save();
            group.out.add(new Effect.Follow(charter.topic()));
        } catch (MlsException | MalformedException e) {
            throw new GroupException(Reason.INVALID, String.valueOf(e.getMessage()));
        }
        group.noticeStatus();
        return core;
    }

    /** Begins to join by an invite. */
    public static GroupCore join(Setup setup, InviteLink link, Instant now) throws GroupException {
        GroupCore core = new GroupCore(setup);
        core.joinAgain(link, now);
        return core;
    }

    /** As it was when the last effects were done. */
    public static GroupCore load(Setup setup, Map<String, byte[]> stored) throws GroupException {
        GroupCore core = new GroupCore(setup);
        try {
            core.group.load(stored);
        } catch (MalformedException | MlsException | IllegalArgumentException e) {
            throw new GroupException(Reason.DISK, String.valueOf(e.getMessage()));
        }
        core.group
                .inside()
                .ifPresent(it -> core.group.out.add(new Effect.Follow(it.charter().topic())));
        return core;
    }

    /** What is to be done since the last call, in order. */
    public List<Effect> drain() {
        group.noticeStatus();
        return group.out.drain();
    }

    public GroupInfo info() {
        return group.info();
    }

    /** Joins by another invite, where we are in no more or not yet. */
    public void joinAgain(InviteLink link, Instant now) throws GroupException {
        if (!link.network().equals(group.setup.network().name())) {
            throw new GroupException(
                    Reason.INVALID,
                    "the invite is for the network "
                            + link.network()
                            + ", this container is in "
                            + group.setup.network().name());
        }
        if (link.expires().isBefore(now)) {
            throw new GroupException(Reason.INVITE_EXPIRED, "the invite has expired");
        }
        GroupStatus status = group.status();
        if (group.tree.isPresent()
                && status != GroupStatus.REMOVED
                && status != GroupStatus.JOINING) {
            throw new GroupException(Reason.ALREADY_MEMBER, "the group's status here is " + status);
        }
        try {
            if (group.tree.isPresent()) {
                group.endHere();
            }
            group.gone = false;
            group.leaving = Optional.empty();
            if (group.joining.isEmpty()) {
                group.newClient();
                group.since = now;
            }
            joins.begin(link, now);
        } catch (MlsException e) {
            throw new GroupException(Reason.INVALID, String.valueOf(e.getMessage()));
        }
    }

    public void connected(AgentId agent, Instant now) {
        if (group.connected.add(agent)) {
            joins.connected(now);
            if (group.known(agent)) {
                catchUp.want(agent);
            }
        }
    }

    public void disconnected(AgentId agent) {
        group.connected.remove(agent);
    }

    /** About once a second. */
    public void tick(Instant now) {
        waiting.removeIf(it -> it.since().plus(WAIT).isBefore(now));
        joins.tick(now);
        catchUp.tick(now);
        try {
            duties.tick(now);
        } catch (GroupException e) {
            System.getLogger(GroupCore.class.getName())
                    .log(System.Logger.Level.DEBUG, "a duty of a group: {0}", e.getMessage());
        }
    }

    /** Something that gossip brought on the group's topic. */
    public void heard(AgentId author, Item item, Instant now) {
        if (group.tree.isEmpty() || group.joining.isPresent() || author.equals(group.self())) {
            return;
        }
        EpochTree tree = group.tree.get();
        Optional<EpochNode> epoch = tree.find(item.epoch());
        boolean member =
                epoch.flatMap(EpochNode::inside)
                        .or(group::inside)
                        .map(it -> it.members().containsKey(author))
                        .orElse(false);
        if (!member && epoch.isPresent()) {
            return;
        }
        if (item instanceof Item.Head) {
            if (epoch.isEmpty()) {
                catchUp.want(author);
            }
        } else {
            take(List.of(item), author, now);
        }
    }

    /**
     * @return whether any of them was news
     */
    private boolean take(List<Item> items, AgentId from, Instant now) {
        List<EpochNode> before = group.tree.orElseThrow().chain();
        Deque<Item> work = new ArrayDeque<>(items);
        boolean news = false;
        boolean missing = false;
        while (!work.isEmpty()) {
            Item item = work.poll();
            if (item instanceof Item.Commit commit) {
                switch (commits.take(commit, now)) {
                    case TAKEN -> {
                        news = true;
                        // Messages of an epoch are read when its members are known.
                        List<EpochNode> old = before;
                        before = group.tree.orElseThrow().chain();
                        commits.moved(old, now);
                        before = group.tree.orElseThrow().chain();
                        waitedFor().forEach(work::push);
                    }
                    case NO_PARENT -> {
                        missing = true;
                        later(from, item, now);
                    }
                    default -> {
                        // It is here, or will never be.
                    }
                }
            } else if (item instanceof Item.Message message) {
                boolean had = group.chronicle.has(Hash.sha256(message.message()));
                if (talk.hear(message, now)) {
                    news |= !had;
                } else {
                    missing = true;
                    later(from, item, now);
                }
            }
        }
        if (missing) {
            catchUp.want(from);
        }
        return news;
    }

    private void later(AgentId from, Item item, Instant now) {
        waiting.add(new Waiting(from, item, now));
        if (waiting.size() > MAX_WAITING) {
            waiting.removeFirst();
        }
    }

    /** What waited for an epoch that is here now. */
    private List<Item> waitedFor() {
        List<Item> found = new ArrayList<>();
        for (Waiting it : List.copyOf(waiting)) {
            if (group.tree.orElseThrow().find(it.item().epoch()).isPresent()) {
                waiting.remove(it);
                found.add(it.item());
            }
        }
        return found;
    }

    /** The answer is to be given when the effects are done. */
    public SyncMessage answer(AgentId caller, SyncMessage.Question question, Instant now)
            throws RefusalException {
        if (group.inside().isEmpty() || group.joining.isPresent()) {
            throw new RefusalException(
                    RefusalException.Code.NO_SUCH_GROUP, "not here, or not for you");
        }
        if (question instanceof SyncMessage.Join it) {
            return joins.admit(caller, it, now);
        }
        if (question instanceof SyncMessage.Pull it) {
            SyncMessage.Pulled answer = catchUp.give(caller, it);
            boolean theyAreAhead =
                    it.epochs().stream()
                            .anyMatch(
                                    epoch ->
                                            group.tree.orElseThrow().find(epoch).isEmpty()
                                                    && group.lineage().stream()
                                                            .noneMatch(
                                                                    step ->
                                                                            step.epoch()
                                                                                    .equals(
                                                                                            epoch)));
            if (theyAreAhead) {
                catchUp.want(caller);
            }
            return answer;
        }
        return catchUp.give(caller);
    }

    public void answered(
            AgentId from, SyncMessage.Question question, SyncMessage answer, Instant now) {
        if (question instanceof SyncMessage.Join && answer instanceof SyncMessage.Welcome it) {
            if (joins.welcome(from, it, now)) {
                catchUp.want(from);
            } else {
                joins.unanswered(from, "BAD_ANSWER");
            }
        } else if (question instanceof SyncMessage.Pull
                && answer instanceof SyncMessage.Pulled it
                && group.tree.isPresent()
                && group.joining.isEmpty()) {
            boolean progress = take(it.items(), from, now);
            catchUp.pulled(from, it, progress, now);
        } else if (question instanceof SyncMessage.AskInfo
                && answer instanceof SyncMessage.Info it) {
            catchUp.resync(from, it, now);
        } else {
            unanswered(from, question, "BAD_ANSWER");
        }
    }

    public void unanswered(AgentId from, SyncMessage.Question question, String code) {
        if (question instanceof SyncMessage.Join) {
            joins.unanswered(from, code);
        } else {
            catchUp.unanswered();
        }
    }

    public List<GroupMember> members() throws GroupException {
        Optional<EpochNode.Inside> inside = group.inside();
        if (inside.isEmpty()) {
            throw new GroupException(
                    Reason.NOT_ACTIVE, "the group's status here is " + group.status());
        }
        List<GroupMember> members = new ArrayList<>();
        for (AgentId agent : inside.get().members().keySet()) {
            members.add(
                    new GroupMember(
                            agent,
                            inside.get().admin(agent) ? GroupRole.ADMIN : GroupRole.MEMBER,
                            agent.equals(group.self())));
        }
        members.sort(Comparator.comparing(GroupMember::role).thenComparing(GroupMember::agent));
        return members;
    }

    public GroupInvite invite(Duration lifetime, Instant now) throws GroupException {
        EpochNode.Inside inside = group.requireAdmin();
        if (lifetime.isNegative()
                || lifetime.toSeconds() < 1
                || lifetime.compareTo(Groups.MAX_INVITE_LIFETIME) > 0) {
            throw new GroupException(
                    Reason.INVALID,
                    "an invite lasts from a second to "
                            + Groups.MAX_INVITE_LIFETIME.toDays()
                            + " days, found "
                            + lifetime);
        }
        if (group.invites.open().size() >= InviteBook.MAX_OPEN) {
            throw new GroupException(
                    Reason.TOO_LARGE, "at most " + InviteBook.MAX_OPEN + " open invites");
        }
        Instant expires = Instant.ofEpochSecond(now.plus(lifetime).getEpochSecond());
        InviteKey key = InviteKey.generate(group.setup.random());
        byte[] id = group.setup.bytes(InviteRecord.ID_BYTES);
        InviteRecord record = new InviteRecord(group.setup.group(), id, key.publicKey(), expires);
        SignedRecord signed = record.sign(group.setup.certifier());
        List<AgentId> admins = new ArrayList<>(List.of(group.self()));
        inside.charter().admins().stream()
                .filter(admin -> !admin.equals(group.self()))
                .sorted(Comparator.comparing(admin -> !group.connected.contains(admin)))
                .limit(InviteLink.MAX_ADMINS - 1L)
                .forEach(admins::add);
        String link =
                new InviteLink(
                                group.setup.network().name(),
                                group.setup.group(),
                                admins,
                                id,
                                key.privateKey(),
                                expires)
                        .text();
        InviteBook.Open open =
                new InviteBook.Open(
                        new InviteRecord.Signed(record, group.self(), signed.encode()), link);
        group.invites.add(InviteBook.hex(id), open);
        talk.tellMembers(Content.Kind.INVITE, signed.encode(), now);
        return shown(open);
    }

    private GroupInvite shown(InviteBook.Open open) {
        InviteRecord record = open.record().invite();
        return new GroupInvite(
                InviteBook.hex(record.id()),
                group.setup.group(),
                open.record().inviter(),
                record.expires(),
                open.link());
    }

    public List<GroupInvite> invites() {
        return group.invites.open().stream()
                .map(this::shown)
                .filter(it -> group.invites.used(it.id()).isEmpty())
                .toList();
    }

    public void revokeInvite(String id, Instant now) throws GroupException {
        group.requireAdmin();
        Optional<InviteBook.Open> open = group.invites.find(id);
        if (open.isEmpty() || group.invites.used(id).isPresent()) {
            throw new GroupException(Reason.NOT_FOUND, "no open invite " + id);
        }
        talk.takeBack(id, group.self(), now);
        talk.tellMembers(Content.Kind.INVITE_TAKEN_BACK, open.get().record().invite().id(), now);
    }

    public GroupMessage send(String type, byte[] content, Instant now) throws GroupException {
        return talk.send(type, content, now);
    }

    public void remove(AgentId agent, Instant now) throws GroupException {
        EpochNode.Inside inside = group.requireAdmin();
        requireMember(inside, agent);
        if (agent.equals(group.self())) {
            throw new GroupException(Reason.INVALID, "to take yourself out, leave the group");
        }
        commits.commit(commits.removal(agent), List.of(), new Intent.Nothing(), now);
    }

    public void setRole(AgentId agent, GroupRole role, Instant now) throws GroupException {
        EpochNode.Inside inside = group.requireAdmin();
        requireMember(inside, agent);
        if (inside.admin(agent) == (role == GroupRole.ADMIN)) {
            return;
        }
        Charter charter = inside.charter();
        Charter changed =
                role == GroupRole.ADMIN ? charter.withAdmin(agent) : charter.withoutAdmin(agent);
        if (changed.admins().isEmpty()) {
            throw new GroupException(Reason.LAST_ADMIN, GroupException.NEEDS_ADMIN);
        }
        commits.commit(
                List.of(commits.charter(changed)), List.of(), new Intent.SetRole(agent, role), now);
    }

    private static void requireMember(EpochNode.Inside inside, AgentId agent)
            throws GroupException {
        if (!inside.members().containsKey(agent)) {
            throw new GroupException(Reason.NOT_FOUND, agent + " is no member");
        }
    }

    public GroupInfo rename(String name, String description, Instant now) throws GroupException {
        checkName(name, description);
        Charter charter = group.requireAdmin().charter();
        commits.commit(
                List.of(commits.charter(charter.named(name, description))),
                List.of(),
                new Intent.Rename(charter.name(), name, description),
                now);
        return info();
    }

    public void refresh(Instant now) throws GroupException {
        group.requireActive();
        commits.commit(List.of(), List.of(), new Intent.Nothing(), now);
    }

    public void close(Instant now) throws GroupException {
        Charter charter = group.requireAdmin().charter();
        commits.commit(
                List.of(commits.charter(charter.ended())), List.of(), new Intent.Close(), now);
    }

    public void leave(Instant now) throws GroupException {
        if (group.joining.isPresent()) {
            group.out.add(
                    new Effect.NotJoined(
                            new GroupException(Reason.INVITE_REFUSED, "the join was called off")));
            group.joining = Optional.empty();
            group.out.add(new Effect.Forget());
            return;
        }
        if (group.status() == GroupStatus.LEAVING) {
            return;
        }
        Optional<EpochNode.Inside> here = group.inside();
        boolean behind = group.status() == GroupStatus.CATCHING_UP && here.isPresent();
        EpochNode.Inside inside = behind ? here.get() : group.requireActive();
        if (inside.members().size() == 1) {
            group.endHere();
            return;
        }
        if (inside.admin(group.self()) && inside.charter().admins().size() == 1) {
            throw new GroupException(Reason.LAST_ADMIN, GroupException.NEEDS_ADMIN_BEFORE_LEAVING);
        }
        group.leaving = Optional.of(now);
        group.save();
        duties.tick(now);
    }

    /** Removes all of it from the disk. */
    public void forget() throws GroupException {
        GroupStatus status = group.status();
        if (status != GroupStatus.REMOVED && status != GroupStatus.CLOSED) {
            throw new GroupException(
                    Reason.NOT_ALLOWED,
                    "the group's status here is " + status + "; leave it before it is forgotten");
        }
        group.out.add(new Effect.Forget());
    }

    private static void checkName(String name, String description) throws GroupException {
        if (name.isBlank()
                || name.length() > Groups.MAX_NAME_CHARS
                || description.length() > Groups.MAX_DESCRIPTION_CHARS
                || name.chars().anyMatch(Character::isISOControl)) {
            throw new GroupException(
                    Reason.INVALID,
                    "a name has 1 to "
                            + Groups.MAX_NAME_CHARS
                            + " letters, a description at most "
                            + Groups.MAX_DESCRIPTION_CHARS);
        }
    }
}
