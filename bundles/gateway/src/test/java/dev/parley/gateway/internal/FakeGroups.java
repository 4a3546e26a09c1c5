package dev.parley.gateway.internal;

import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupException.Reason;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupInfo;
import dev.parley.groups.api.GroupInvite;
import dev.parley.groups.api.GroupMember;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.api.GroupStatus;
import dev.parley.groups.api.Groups;
import dev.parley.identity.api.AgentId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** One group of one agent and those whom the test puts into it, in memory and without crypto. */
final class FakeGroups implements Groups {
    static final GroupId ID = GroupId.parse("9a".repeat(32));
    static final String INVITE = "1f".repeat(16);
    static final String LINK = "parley://group/x";
    final Map<AgentId, GroupRole> members = new LinkedHashMap<>();
    final List<Consumer<GroupEvent>> listeners = new CopyOnWriteArrayList<>();
    private final AgentId self;
    private final List<GroupMessage> messages = new ArrayList<>();
    private String name = "";
    private String description = "";
    private GroupStatus status = GroupStatus.CLOSED;
    private boolean invited;

    FakeGroups(AgentId self) {
        this.self = self;
    }

    private static <T> CompletionStage<T> no(Reason reason, String message) {
        return CompletableFuture.failedStage(new GroupException(reason, message));
    }

    private static <T> CompletionStage<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }

    private static CompletionStage<Void> done() {
        return CompletableFuture.allOf();
    }

    synchronized void tell(GroupEvent event) {
        if (event instanceof GroupEvent.MessageReceived it) {
            messages.add(it.message());
        }
        listeners.forEach(it -> it.accept(event));
    }

    synchronized GroupMessage message(AgentId sender, String type, byte[] content) {
        return new GroupMessage(
                ID,
                messages.size() + 1L,
                "%064x".formatted(messages.size() + 1),
                sender,
                "%04x".formatted(messages.size() + 1),
                Instant.EPOCH,
                type,
                content);
    }

    private GroupInfo info() {
        return new GroupInfo(
                ID,
                name,
                description,
                status,
                members.getOrDefault(self, GroupRole.MEMBER),
                members.size(),
                members.size(),
                "ee".repeat(32),
                messages.size(),
                Instant.EPOCH);
    }

    private boolean lastAdmin(AgentId agent) {
        return members.get(agent) == GroupRole.ADMIN
                && members.values().stream().filter(it -> it == GroupRole.ADMIN).count() == 1;
    }

    @Override
    public synchronized CompletionStage<GroupInfo> create(String given, String words) {
        if (given.isEmpty() || given.length() > MAX_NAME_CHARS) {
            return no(Reason.INVALID, "a name has 1 to 64 characters");
        }
        name = given;
        description = words;
        status = GroupStatus.ACTIVE;
        members.put(self, GroupRole.ADMIN);
        return done(info());
    }

    @Override
    public synchronized CompletionStage<List<GroupInfo>> list() {
        return done(name.isEmpty() ? List.of() : List.of(info()));
    }

    @Override
    public synchronized CompletionStage<GroupInfo> find(String reference) {
        return !name.isEmpty()
                        && (reference.equals(name)
                                || reference.length() >= 6 && ID.hex().startsWith(reference))
                ? done(info())
                : no(Reason.NOT_FOUND, "no group is '" + reference + "' here");
    }

    @Override
    public synchronized CompletionStage<List<GroupMember>> members(GroupId group) {
        return done(
                members.entrySet().stream()
                        .map(
                                it ->
                                        new GroupMember(
                                                it.getKey(),
                                                it.getValue(),
                                                it.getKey().equals(self)))
                        .toList());
    }

    private GroupInvite open() {
        return new GroupInvite(INVITE, ID, self, Instant.EPOCH.plusSeconds(60), LINK);
    }

    @Override
    public synchronized CompletionStage<GroupInvite> invite(GroupId group, Duration lifetime) {
        if (members.get(self) != GroupRole.ADMIN) {
            return no(Reason.NOT_ALLOWED, "only an admin invites");
        }
        invited = true;
        return done(open());
    }

    @Override
    public synchronized CompletionStage<List<GroupInvite>> invites(GroupId group) {
        return done(invited ? List.of(open()) : List.of());
    }

    @Override
    public synchronized CompletionStage<Void> revokeInvite(GroupId group, String inviteId) {
        if (!invited || !inviteId.equals(INVITE)) {
            return no(Reason.NOT_FOUND, "no invite is '" + inviteId + "'");
        }
        invited = false;
        return done();
    }

    @Override
    public CompletionStage<GroupInfo> join(String link) {
        return switch (link) {
            case LINK -> create("team", "");
            case "parley://group/old" -> no(Reason.INVITE_EXPIRED, "it expired yesterday");
            case "parley://group/used" -> no(Reason.INVITE_REFUSED, "it was used");
            case "parley://group/away" -> no(Reason.NO_ADMIN, "no admin is connected");
            default -> no(Reason.INVALID, "this is no link");
        };
    }

    @Override
    public synchronized CompletionStage<Void> leave(GroupId group) {
        if (members.size() > 1 && lastAdmin(self)) {
            return no(Reason.LAST_ADMIN, GroupException.NEEDS_ADMIN_BEFORE_LEAVING);
        }
        status = GroupStatus.LEAVING;
        members.remove(self);
        return done();
    }

    @Override
    public synchronized CompletionStage<Void> close(GroupId group) {
        if (members.get(self) != GroupRole.ADMIN) {
            return no(Reason.NOT_ALLOWED, "only an admin ends a group");
        }
        status = GroupStatus.CLOSED;
        return done();
    }

    @Override
    public synchronized CompletionStage<Void> forget(GroupId group) {
        if (status == GroupStatus.ACTIVE) {
            return no(Reason.NOT_ALLOWED, "this agent is in it");
        }
        name = "";
        return done();
    }

    @Override
    public synchronized CompletionStage<Void> remove(GroupId group, AgentId agent) {
        if (!members.containsKey(agent)) {
            return no(Reason.NOT_FOUND, agent + " is no member");
        } else if (lastAdmin(agent)) {
            return no(Reason.LAST_ADMIN, GroupException.NEEDS_ADMIN);
        }
        members.remove(agent);
        return done();
    }

    @Override
    public synchronized CompletionStage<Void> setRole(
            GroupId group, AgentId agent, GroupRole role) {
        if (role == GroupRole.MEMBER && lastAdmin(agent)) {
            return no(Reason.LAST_ADMIN, GroupException.NEEDS_ADMIN);
        }
        members.put(agent, role);
        return done();
    }

    @Override
    public CompletionStage<GroupInfo> rename(GroupId group, String given, String words) {
        return create(given, words);
    }

    @Override
    public synchronized CompletionStage<Void> refresh(GroupId group) {
        return status == GroupStatus.ACTIVE ? done() : no(Reason.NOT_ACTIVE, "it is " + status);
    }

    @Override
    public synchronized CompletionStage<GroupMessage> send(
            GroupId group, String type, byte[] content) {
        if (content.length > GroupMessage.MAX_CONTENT_BYTES) {
            return no(Reason.TOO_LARGE, content.length + " bytes, at most 32768");
        }
        GroupMessage message = message(self, type, content);
        tell(new GroupEvent.MessageReceived(message));
        return done(message);
    }

    @Override
    public synchronized CompletionStage<List<GroupMessage>> messages(
            GroupId group, long after, int limit) {
        return done(messages.stream().filter(it -> it.sequence() > after).limit(limit).toList());
    }

    @Override
    public AutoCloseable listen(Consumer<GroupEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
