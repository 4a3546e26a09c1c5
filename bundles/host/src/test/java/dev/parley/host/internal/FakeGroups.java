package dev.parley.host.internal;

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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Groups in memory; to whatever was sent another member has answered two bytes. */
final class FakeGroups implements Groups {
    final List<GroupMessage> sent = new ArrayList<>();
    private final List<GroupInfo> groups = new ArrayList<>();
    private final List<Consumer<GroupEvent>> listeners = new ArrayList<>();

    GroupId add(String name, GroupStatus status) {
        byte[] id = new byte[GroupId.BYTES];
        id[0] = (byte) groups.size();
        GroupId group = GroupId.of(id);
        groups.add(
                new GroupInfo(
                        group, name, "", status, GroupRole.MEMBER, 2, 1, "", 0, Instant.EPOCH));
        return group;
    }

    void tell(GroupEvent event) {
        List.copyOf(listeners).forEach(it -> it.accept(event));
    }

    int listeners() {
        return listeners.size();
    }

    static GroupMessage message(GroupId group, long sequence, boolean ours, byte[] content) {
        return new GroupMessage(
                group,
                sequence,
                (ours ? "11" : "22").repeat(32),
                AgentId.of((ours ? "ab" : "cd").repeat(32)),
                "018bcfe5680" + (ours ? "0" : "1") + "0000",
                Instant.ofEpochMilli(1_700_000_000_000L + (ours ? 0 : 1)),
                ours ? GroupMessage.TEXT : "application/octet-stream",
                content);
    }

    @Override
    public CompletionStage<List<GroupInfo>> list() {
        return CompletableFuture.completedFuture(List.copyOf(groups));
    }

    @Override
    public CompletionStage<GroupMessage> send(GroupId group, String type, byte[] content) {
        if (type.isEmpty()) {
            return CompletableFuture.failedStage(
                    new GroupException(Reason.INVALID, "'' is no media type"));
        }
        GroupMessage message = message(group, 7, true, content);
        sent.add(message);
        tell(new GroupEvent.MessageReceived(message));
        return CompletableFuture.completedFuture(message);
    }

    @Override
    public CompletionStage<List<GroupMessage>> messages(GroupId group, long after, int limit) {
        List<GroupMessage> kept = new ArrayList<>(sent);
        kept.add(message(group, 8, false, new byte[] {0, (byte) 255}));
        return CompletableFuture.completedFuture(
                kept.stream().filter(it -> it.sequence() > after).limit(limit).toList());
    }

    @Override
    public AutoCloseable listen(Consumer<GroupEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private static <T> CompletionStage<T> no() {
        return CompletableFuture.failedStage(new GroupException(Reason.CLOSED, "not in this test"));
    }

    @Override
    public CompletionStage<GroupInfo> create(String name, String description) {
        return no();
    }

    @Override
    public CompletionStage<GroupInfo> find(String reference) {
        return no();
    }

    @Override
    public CompletionStage<List<GroupMember>> members(GroupId group) {
        return no();
    }

    @Override
    public CompletionStage<GroupInvite> invite(GroupId group, Duration lifetime) {
        return no();
    }

    @Override
    public CompletionStage<List<GroupInvite>> invites(GroupId group) {
        return no();
    }

    @Override
    public CompletionStage<Void> revokeInvite(GroupId group, String inviteId) {
        return no();
    }

    @Override
    public CompletionStage<GroupInfo> join(String link) {
        return no();
    }

    @Override
    public CompletionStage<Void> leave(GroupId group) {
        return no();
    }

    @Override
    public CompletionStage<Void> close(GroupId group) {
        return no();
    }

    @Override
    public CompletionStage<Void> forget(GroupId group) {
        return no();
    }

    @Override
    public CompletionStage<Void> remove(GroupId group, AgentId agent) {
        return no();
    }

    @Override
    public CompletionStage<Void> setRole(GroupId group, AgentId agent, GroupRole role) {
        return no();
    }

    @Override
    public CompletionStage<GroupInfo> rename(GroupId group, String name, String description) {
        return no();
    }

    @Override
    public CompletionStage<Void> refresh(GroupId group) {
        return no();
    }
}
