package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupException.Reason;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.internal.format.Content;
import dev.parley.groups.internal.format.InviteRecord;
import dev.parley.groups.internal.format.Item;
import dev.parley.groups.internal.format.UsedInvite;
import dev.parley.identity.api.AgentId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.MalformedException;
import java.time.Instant;
import java.util.Optional;

/** Says something to the members, and hears what they say. */
final class Talk {
    private static final int PAD_TO = 256;
    private static final byte[] NOTHING = new byte[0];

    private final Group group;

    Talk(Group group) {
        this.group = group;
    }

    GroupMessage send(String type, byte[] content, Instant now) throws GroupException {
        group.requireActive();
        if (content.length > GroupMessage.MAX_CONTENT_BYTES) {
            throw new GroupException(
                    Reason.TOO_LARGE,
                    "a message of "
                            + content.length
                            + " bytes, at most "
                            + GroupMessage.MAX_CONTENT_BYTES);
        }
        if (type.isEmpty()
                || type.length() > GroupMessage.MAX_TYPE_CHARS
                || !type.chars().allMatch(it -> it > ' ' && it < 127)) {
            throw new GroupException(
                    Reason.INVALID,
                    "a type has 1 to " + GroupMessage.MAX_TYPE_CHARS + " printable letters");
        }
        Content said = new Content(Content.Kind.SAID, group.clock.next(now), type, content.clone());
        Item.Message item = say(said, now);
        return remember(new StoredMessage(Hash.sha256(item.message()), group.self(), said), item);
    }

    private GroupMessage remember(StoredMessage message, Item.Message item) {
        long sequence = group.chronicle.addToHistory(message.id());
        group.out.put(StoredMessage.key(sequence), message.encode());
        group.publish(item);
        GroupMessage shown = message.shown(group.setup.group(), sequence);
        group.out.add(new Effect.Tell(new GroupEvent.MessageReceived(shown)));
        return shown;
    }

    void tellMembers(Content.Kind kind, byte[] content, Instant now) throws GroupException {
        group.publish(say(new Content(kind, group.clock.next(now), "", content), now));
    }

    /** Encrypts and keeps; the caller publishes. */
    private Item.Message say(Content content, Instant now) throws GroupException {
        EpochNode head = group.head().orElseThrow();
        group.reservations.use(head);
        byte[] message;
        try {
            message =
                    head.inside()
                            .orElseThrow()
                            .state()
                            .encrypt(content.encode(), NOTHING, PAD_TO, group.client().signer());
        } catch (MlsException e) {
            throw new GroupException(Reason.INVALID, String.valueOf(e.getMessage()));
        }
        Item.Message item = new Item.Message(head.id(), message);
        group.chronicle.add(Hash.sha256(message), item, now);
        return item;
    }

    /**
     * @return whether its epoch is known, or will never be
     */
    boolean hear(Item.Message item, Instant now) {
        Hash id = Hash.sha256(item.message());
        if (group.chronicle.has(id)) {
            return true;
        }
        Optional<EpochNode> node = group.tree.orElseThrow().find(item.epoch());
        if (node.isEmpty()) {
            if (group.lineage().stream().anyMatch(step -> step.epoch().equals(item.epoch()))) {
                group.chronicle.refuse(item.message());
                return true;
            }
            return false;
        }
        if (node.get().inside().isEmpty() || group.inside().isEmpty()) {
            return true;
        }
        Received received =
                node.get().inside().get().state().receive(item.message(), PskSource.NONE, now);
        if (!(received instanceof Received.Application it)) {
            group.chronicle.refuse(item.message());
            return true;
        }
        AgentId sender = CommitRules.agent(it.sender());
        try {
            if (!group.isMember(sender)) {
                group.chronicle.refuse(item.message());
                return true;
            }
            Content content = Content.decode(it.content());
            group.clock.saw(content.clock(), now);
            group.chronicle.add(id, item, now);
            heard(id, sender, content, now);
        } catch (MalformedException e) {
            group.chronicle.refuse(item.message());
        }
        return true;
    }

    private void heard(Hash id, AgentId sender, Content content, Instant now)
            throws MalformedException {
        boolean admin = group.inside().orElseThrow().admin(sender);
        switch (content.kind()) {
            case SAID -> {
                if (group.leaving.isEmpty()) {
                    StoredMessage message = new StoredMessage(id, sender, content);
                    long sequence = group.chronicle.addToHistory(id);
                    group.out.put(StoredMessage.key(sequence), message.encode());
                    group.out.add(
                            new Effect.Tell(
                                    new GroupEvent.MessageReceived(
                                            message.shown(group.setup.group(), sequence))));
                }
            }
            case INVITE -> {
                InviteRecord.Signed record = InviteRecord.decode(content.content());
                if (admin
                        && record.inviter().equals(sender)
                        && record.invite().group().equals(group.setup.group())
                        && InviteRecord.verified(record.bytes(), group.setup.network())) {
                    group.invites.add(
                            InviteBook.hex(record.invite().id()), new InviteBook.Open(record, ""));
                }
            }
            case INVITE_TAKEN_BACK -> {
                if (admin && content.content().length == InviteRecord.ID_BYTES) {
                    takeBack(InviteBook.hex(content.content()), sender, now);
                }
            }
            case LEAVING -> {
                group.pending.leavers.putIfAbsent(sender, now);
                group.pending.save();
            }
            default -> throw new IllegalStateException("kind " + content.kind());
        }
    }

    /** It counts as used by the admin who took it back, unless it was used. */
    void takeBack(String inviteId, AgentId by, Instant now) {
        if (group.invites.used(inviteId).isEmpty()) {
            group.invites.use(
                    new UsedInvite(
                            inviteId,
                            by,
                            group.invites
                                    .find(inviteId)
                                    .map(open -> open.record().invite().expires())
                                    .orElse(
                                            now.plus(
                                                    dev.parley.groups.api.Groups
                                                            .MAX_INVITE_LIFETIME))));
        }
    }
}
