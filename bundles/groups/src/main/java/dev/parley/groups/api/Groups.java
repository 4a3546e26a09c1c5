package dev.parley.groups.api;

import dev.parley.identity.api.AgentId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The private groups that this container's agent is in.
 *
 * <p><b>Promise:</b> when a stage is complete, what was done is on this disk and stays, unless
 * another admin did something at the same time that goes before it: {@link GroupEvent.Reordered}
 * tells. Only who is a member when a message is sent can read it. Messages and changes reach the
 * others when they are connected. <b>Threads:</b> any thread may call, and no call blocks; stages
 * complete on a thread of the room, which must not be blocked. <b>Nulls:</b> none. <b>Failure:</b>
 * stages fail with {@link GroupException}, among them BUSY, DISK and CLOSED from every call, and
 * NOT_FOUND and NOT_ACTIVE from every call that names a group.
 */
@ProviderType
public interface Groups {
    int MAX_NAME_CHARS = 64;
    int MAX_DESCRIPTION_CHARS = 1024;
    int MAX_MEMBERS = 200;
    int MAX_GROUPS = 1_000;

    /** Of an invite; a longer one is INVALID. */
    Duration MAX_INVITE_LIFETIME = Duration.ofDays(30);

    Duration INVITE_LIFETIME = Duration.ofDays(7);

    /** Makes a group with us as its only member, an admin. */
    CompletionStage<GroupInfo> create(String name, String description);

    /** By name, then id; also those we were removed from, until {@link #forget}. */
    CompletionStage<List<GroupInfo>> list();

    /**
     * @param reference an id, at least six of its first hex digits, or a name that only one group
     *     has
     * @return fails with NOT_FOUND or AMBIGUOUS
     */
    CompletionStage<GroupInfo> find(String reference);

    /** Admins first, then by id. */
    CompletionStage<List<GroupMember>> members(GroupId group);

    /** As admin, an invite for one agent, which becomes a member. NOT_ALLOWED. */
    CompletionStage<GroupInvite> invite(GroupId group, Duration lifetime);

    /** Those not used and not expired, as far as they are known here. */
    CompletionStage<List<GroupInvite>> invites(GroupId group);

    /** As admin; who holds its link can no more join here. NOT_FOUND, NOT_ALLOWED. */
    CompletionStage<Void> revokeInvite(GroupId group, String inviteId);

    /**
     * Joins by a link. Completes when the welcome is here and on disk; fails with NO_ADMIN after a
     * minute, and the group stays JOINING and goes on trying until the invite expires or {@link
     * #leave}.
     *
     * @return fails also with INVALID, INVITE_EXPIRED, INVITE_REFUSED, ALREADY_MEMBER, TOO_LARGE
     */
    CompletionStage<GroupInfo> join(String link);

    /**
     * Leaves. Completes when that is on disk: we send and read no more from then on, and an admin
     * takes us out when one hears of it. The last member takes the group with it. LAST_ADMIN if
     * there are others and no other admin.
     */
    CompletionStage<Void> leave(GroupId group);

    /** As admin, ends the group for all; a member may if it is alone. NOT_ALLOWED. */
    CompletionStage<Void> close(GroupId group);

    /**
     * Removes a group that we are no more in from this disk, with its messages. NOT_ALLOWED if we
     * are in it.
     */
    CompletionStage<Void> forget(GroupId group);

    /**
     * As admin, takes a member out: it cannot read what is sent from then on. LAST_ADMIN,
     * NOT_ALLOWED.
     */
    CompletionStage<Void> remove(GroupId group, AgentId agent);

    /** As admin. LAST_ADMIN, NOT_ALLOWED. */
    CompletionStage<Void> setRole(GroupId group, AgentId agent, GroupRole role);

    /** As admin. INVALID, NOT_ALLOWED. */
    CompletionStage<GroupInfo> rename(GroupId group, String name, String description);

    /** New keys for our own leaf, so that who had stolen the old ones reads no more. */
    CompletionStage<Void> refresh(GroupId group);

    /**
     * Says something to the members of now.
     *
     * @param type a media type of at most {@link GroupMessage#MAX_TYPE_CHARS} printable letters
     * @return complete when it is on disk here and given to gossip; INVALID, TOO_LARGE
     */
    CompletionStage<GroupMessage> send(GroupId group, String type, byte[] content);

    /**
     * What was said, own messages included, in the order in which it came here.
     *
     * @param after the last sequence that is known already, 0 for all that is kept
     * @param limit 1 to 1000
     */
    CompletionStage<List<GroupMessage>> messages(GroupId group, long after, int limit);

    /**
     * Tells of what happens in all groups, in order, on the room's thread.
     *
     * @return ends it
     */
    AutoCloseable listen(Consumer<GroupEvent> listener);
}
