package dev.parley.groups.internal.format;

import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.Groups;
import dev.parley.identity.api.AgentId;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Questions and answers about a group (0013, "On the wire"). Arrays are shared. */
public sealed interface SyncMessage {
    String METHOD = "groups.sync";

    int MAX_KEY_PACKAGE_BYTES = 32_768;
    int MAX_WELCOME_BYTES = 1 << 20;
    int MAX_TREE_BYTES = 8 << 20;
    int MAX_EPOCHS = 128;
    int MAX_MESSAGE_IDS = 2048;
    int MESSAGE_ID_BYTES = 8;
    int MAX_USED = 1024;
    int MAX_STEPS = 256;
    int MAX_ITEMS = 1024;

    /** Longer answers are fetched in pieces. */
    int MAX_WHOLE_BYTES = 900_000;

    int MAX_BYTES = 16 << 20;

    /** A question about a group. */
    sealed interface Question extends SyncMessage {
        GroupId group();
    }

    /** Let me in, please. */
    record Join(GroupId group, byte[] inviteId, byte[] keyPackage, byte[] proof)
            implements Question {}

    record Welcome(byte[] welcome, byte[] tree, List<UsedInvite> used, List<Step> lineage)
            implements SyncMessage {}

    /**
     * This is what I have; what do you?
     *
     * @param epochs whose children I can judge
     * @param past epochs that came before
     */
    record Pull(GroupId group, List<Hash> epochs, List<Hash> past, List<Long> messages)
            implements Question {}

    /**
     * @param oldest the number of the oldest epoch whose children can still be judged there
     * @param member whether who asked is a member at this head
     * @param judged whether all epochs of who asked are known here, and this head counts more
     * @param more whether there is more to ask for
     */
    record Pulled(
            Hash head,
            long number,
            long oldest,
            boolean member,
            boolean judged,
            boolean more,
            List<Item> items,
            List<UsedInvite> used,
            List<Step> lineage)
            implements SyncMessage {}

    record AskInfo(GroupId group) implements Question {}

    record Info(byte[] groupInfo, byte[] tree, List<UsedInvite> used, List<Step> lineage)
            implements SyncMessage {}

    /** The answer is long: ask for its pieces. */
    record Large(Hash hash, int length) implements SyncMessage {}

    record AskPiece(Hash hash, int offset) implements SyncMessage {}

    record Piece(byte[] content) implements SyncMessage {}

    default byte[] encode() {
        ByteWriter out = new ByteWriter(256);
        if (this instanceof Join it) {
            out.u8(1).bytes(it.group().bytes()).bytes(it.inviteId());
            out.block(it.keyPackage()).block(it.proof());
        } else if (this instanceof Welcome it) {
            past(out.u8(2).block(it.welcome()).block(it.tree()), it.used(), it.lineage());
        } else if (this instanceof Pull it) {
            out.u8(3).bytes(it.group().bytes()).varint(it.epochs().size());
            it.epochs().forEach(epoch -> out.bytes(epoch.bytes()));
            out.varint(it.past().size());
            it.past().forEach(epoch -> out.bytes(epoch.bytes()));
            out.varint(it.messages().size());
            it.messages().forEach(out::i64);
        } else if (this instanceof Pulled it) {
            out.u8(4).bytes(it.head().bytes()).i64(it.number()).i64(it.oldest());
            out.u8(it.member() ? 1 : 0)
                    .u8(it.judged() ? 1 : 0)
                    .u8(it.more() ? 1 : 0)
                    .varint(it.items().size());
            it.items().forEach(item -> out.block(item.encode()));
            past(out, it.used(), it.lineage());
        } else if (this instanceof AskInfo it) {
            out.u8(5).bytes(it.group().bytes());
        } else if (this instanceof Info it) {
            past(out.u8(6).block(it.groupInfo()).block(it.tree()), it.used(), it.lineage());
        } else if (this instanceof Large it) {
            out.u8(7).bytes(it.hash().bytes()).varint(it.length());
        } else if (this instanceof AskPiece it) {
            out.u8(8).bytes(it.hash().bytes()).varint(it.offset());
        } else if (this instanceof Piece it) {
            out.u8(9).bytes(it.content());
        }
        return out.toByteArray();
    }

    private static void past(ByteWriter out, List<UsedInvite> used, List<Step> lineage) {
        out.varint(used.size());
        for (UsedInvite invite : used) {
            out.bytes(invite.idBytes()).bytes(invite.agent().bytes());
            out.i64(invite.expires().getEpochSecond());
        }
        steps(out, lineage);
    }

    /** A lineage alone. */
    static void steps(ByteWriter out, List<Step> lineage) {
        out.varint(lineage.size());
        for (Step step : lineage) {
            out.bytes(step.epoch().bytes()).u8(step.rank()).bytes(step.committer().bytes());
            out.varint(step.removed().size());
            step.removed().forEach(agent -> out.bytes(agent.bytes()));
        }
    }

    static SyncMessage decode(byte[] bytes) throws MalformedException {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedException(
                    Reason.TOO_LONG,
                    "group question: " + bytes.length + " bytes, at most " + MAX_BYTES);
        }
        ByteReader in = new ByteReader(bytes, "group question");
        int kind = in.u8();
        SyncMessage message =
                switch (kind) {
                    case 1 ->
                            new Join(
                                    group(in),
                                    in.bytes(InviteRecord.ID_BYTES),
                                    in.block(MAX_KEY_PACKAGE_BYTES, "key package"),
                                    in.block(InviteKey.PROOF_BYTES, "proof"));
                    case 2 ->
                            new Welcome(
                                    in.block(MAX_WELCOME_BYTES, "welcome"),
                                    in.block(MAX_TREE_BYTES, "tree"),
                                    used(in),
                                    steps(in));
                    case 3 -> new Pull(group(in), epochs(in), epochs(in), messages(in));
                    case 4 ->
                            new Pulled(
                                    Hash.of(in.bytes(Hash.BYTES)),
                                    number(in),
                                    number(in),
                                    count(in, "member", 1) == 1,
                                    count(in, "judged", 1) == 1,
                                    count(in, "more", 1) == 1,
                                    items(in),
                                    used(in),
                                    steps(in));
                    case 5 -> new AskInfo(group(in));
                    case 6 ->
                            new Info(
                                    in.block(MAX_WELCOME_BYTES, "group info"),
                                    in.block(MAX_TREE_BYTES, "tree"),
                                    used(in),
                                    steps(in));
                    case 7 ->
                            new Large(
                                    Hash.of(in.bytes(Hash.BYTES)), count(in, "length", MAX_BYTES));
                    case 8 ->
                            new AskPiece(
                                    Hash.of(in.bytes(Hash.BYTES)), count(in, "offset", MAX_BYTES));
                    case 9 -> new Piece(piece(in));
                    default ->
                            throw new MalformedException(
                                    Reason.UNSUPPORTED,
                                    "group question: kind " + kind + ", expected 1 to 9");
                };
        in.end();
        return message;
    }

    private static GroupId group(ByteReader in) throws MalformedException {
        return GroupId.of(in.bytes(GroupId.BYTES));
    }

    private static int count(ByteReader in, String what, int max) throws MalformedException {
        long count = in.varint();
        if (count > max) {
            throw new MalformedException(
                    Reason.BAD_VALUE,
                    "group question: " + what + " is " + count + ", at most " + max);
        }
        return (int) count;
    }

    private static long number(ByteReader in) throws MalformedException {
        long number = in.i64();
        if (number < 0) {
            throw new MalformedException(Reason.BAD_VALUE, "group question: epoch " + number);
        }
        return number;
    }

    private static List<Hash> epochs(ByteReader in) throws MalformedException {
        int count = count(in, "epochs", MAX_EPOCHS);
        List<Hash> epochs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            epochs.add(Hash.of(in.bytes(Hash.BYTES)));
        }
        return epochs;
    }

    private static List<Long> messages(ByteReader in) throws MalformedException {
        int count = count(in, "messages", MAX_MESSAGE_IDS);
        List<Long> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(in.i64());
        }
        return messages;
    }

    private static List<Item> items(ByteReader in) throws MalformedException {
        int count = count(in, "items", MAX_ITEMS);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(Item.decode(in.block(Item.MAX_BYTES, "item")));
        }
        return items;
    }

    private static List<UsedInvite> used(ByteReader in) throws MalformedException {
        int count = count(in, "used invites", MAX_USED);
        List<UsedInvite> used = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = HexFormat.of().formatHex(in.bytes(InviteRecord.ID_BYTES));
            AgentId agent = AgentId.of(in.bytes(AgentId.BYTES));
            long expires = in.i64();
            if (expires < 0 || expires > 1L << 40) {
                throw new MalformedException(
                        Reason.BAD_VALUE, "group question: an invite ends at " + expires);
            }
            used.add(new UsedInvite(id, agent, Instant.ofEpochSecond(expires)));
        }
        return used;
    }

    static List<Step> steps(ByteReader in) throws MalformedException {
        int count = count(in, "lineage", MAX_STEPS);
        List<Step> lineage = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Hash epoch = Hash.of(in.bytes(Hash.BYTES));
            int rank = in.u8();
            AgentId committer = AgentId.of(in.bytes(AgentId.BYTES));
            int removals = count(in, "removed", Groups.MAX_MEMBERS);
            List<AgentId> removed = new ArrayList<>();
            for (int j = 0; j < removals; j++) {
                removed.add(AgentId.of(in.bytes(AgentId.BYTES)));
            }
            lineage.add(new Step(epoch, rank, committer, removed));
        }
        return lineage;
    }

    private static byte[] piece(ByteReader in) throws MalformedException {
        byte[] content = in.rest();
        if (content.length == 0 || content.length > MAX_WHOLE_BYTES) {
            throw new MalformedException(
                    Reason.BAD_VALUE, "group question: a piece of " + content.length + " bytes");
        }
        return content;
    }
}
