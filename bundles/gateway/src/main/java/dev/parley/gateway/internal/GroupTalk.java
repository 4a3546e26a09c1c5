package dev.parley.gateway.internal;

import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Streams;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupInfo;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.api.Groups;
import dev.parley.identity.api.AgentId;
import dev.parley.trust.api.Contact;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.Value;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** What is said in the private groups. */
final class GroupTalk {
    private static final int MAX_LIMIT = 1000;
    private static final int LIMIT = 50;

    /** Of content in one answer; one message always fits. */
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private final Groups groups;
    private final TrustStore trust;
    private final AgentId self;
    private final GroupEvents events;

    GroupTalk(Groups groups, TrustStore trust, AgentId self, Duration ping) {
        this.groups = groups;
        this.trust = trust;
        this.self = self;
        this.events = new GroupEvents(groups, this, ping);
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                                "groups.messages",
                                "/groups/{group}/messages",
                                "What was said, in the order in which it came here",
                                (arguments, progress) -> messages(arguments))
                        .needs("group", Type.TEXT, GroupOperations.ID)
                        .takes("after", Type.INTEGER, "only behind the message of this sequence")
                        .takes("last", Type.INTEGER, "only the newest, so many; not with after")
                        .takes(
                                "limit",
                                Type.INTEGER,
                                "how many at most, 1 to " + MAX_LIMIT + "; " + LIMIT),
                Operation.of(
                                "groups.send",
                                "POST",
                                "/groups/{group}/messages",
                                "Says something to the members of now",
                                (arguments, progress) -> send(arguments))
                        .needs("group", Type.TEXT, GroupOperations.ID)
                        .takes("text", Type.TEXT, "what to say; or content")
                        .takes("content", Type.TEXT, "bytes as base64, at most 32768 of them")
                        .takes("type", Type.TEXT, "a media type; " + GroupMessage.TEXT),
                Operation.get(
                                "groups.events",
                                "/groups/{group}/events",
                                "What happens in a group from now on, as it happens",
                                events::watch)
                        .needs("group", Type.TEXT, GroupOperations.ID)
                        .takes(
                                "since",
                                Type.TEXT,
                                "also what was said behind the message of this sequence; none")
                        .takes(
                                "seconds",
                                Type.INTEGER,
                                "how long, 1 to "
                                        + EventReaders.MAX_SECONDS
                                        + "; "
                                        + EventReaders.MAX_SECONDS)
                        .streaming(Streams.EVENTS));
    }

    private Value messages(Arguments arguments) throws OperationException {
        long limit = arguments.integer("limit", LIMIT);
        long last = arguments.integer("last", 0);
        long after = arguments.integer("after", 0);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw OperationException.invalid("limit is " + limit, "expected 1 to " + MAX_LIMIT);
        }
        if (last < 0 || last > MAX_LIMIT || after < 0) {
            throw OperationException.invalid(
                    "last is " + last + ", after is " + after,
                    "expected last up to " + MAX_LIMIT + " and after from 0");
        }
        if (last > 0 && after > 0) {
            throw OperationException.invalid("both last and after are given", "give one of them");
        }
        GroupInfo group = GroupOperations.find(groups, arguments);
        List<GroupMessage> found =
                last > 0
                        ? read(group.id(), Math.max(0, group.lastSequence() - last), (int) last)
                        : read(group.id(), after, (int) limit);
        List<Value> shown = new ArrayList<>();
        int bytes = 0;
        for (GroupMessage message : found) {
            bytes += message.content().length;
            if (bytes > MAX_ANSWER_BYTES) {
                break;
            }
            shown.add(describe(message).build());
        }
        return Value.map().put("messages", Value.list(shown)).build();
    }

    List<GroupMessage> read(GroupId group, long after, int limit) throws OperationException {
        return GroupOperations.wait(groups.messages(group, after, limit));
    }

    Value.MapBuilder describe(GroupMessage message) {
        Value.MapBuilder shown =
                Value.map()
                        .put("sequence", message.sequence())
                        .put("message", message.id())
                        .put("time", message.time().toString())
                        .put("order", message.order())
                        .put("type", message.type())
                        .put("own", message.sender().equals(self));
        describe(message.sender(), shown);
        Optional<String> text = text(message);
        return text.isPresent()
                ? shown.put("text", text.get())
                : shown.put("content", Base64.getEncoder().encodeToString(message.content()));
    }

    void describe(AgentId agent, Value.MapBuilder into) {
        into.put("agent", agent.hex())
                .put("words", agent.words())
                .put("name", trust.contact(agent).map(Contact::name).orElse(""));
    }

    /** What says that it is text may be none. */
    private static Optional<String> text(GroupMessage message) {
        if (!message.type().startsWith("text/")) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(message.content()))
                            .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private Value send(Arguments arguments) throws OperationException {
        Optional<String> text = arguments.optionalText("text");
        Optional<String> content = arguments.optionalText("content");
        if (text.isPresent() == content.isPresent()) {
            throw OperationException.invalid(
                    text.isPresent() ? "both text and content are given" : "nothing is said",
                    "expected text, or content as base64");
        }
        byte[] bytes = text.orElse("").getBytes(StandardCharsets.UTF_8);
        if (content.isPresent()) {
            try {
                bytes = Base64.getDecoder().decode(content.get());
            } catch (IllegalArgumentException e) {
                throw OperationException.invalid(
                        "content is no base64: " + e.getMessage(), "RFC 4648, section 4");
            }
        }
        GroupId group = GroupOperations.find(groups, arguments).id();
        String type = arguments.optionalText("type").orElse(GroupMessage.TEXT);
        return describe(GroupOperations.wait(groups.send(group, type, bytes))).build();
    }
}
