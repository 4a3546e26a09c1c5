package dev.parley.gateway.internal;

import dev.parley.catalog.api.Catalog;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Streams;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.gateway.api.OperationSource;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupInfo;
import dev.parley.groups.api.GroupStatus;
import dev.parley.groups.api.Groups;
import dev.parley.identity.api.Identity;
import dev.parley.network.api.Network;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The private groups that this container's agent is in: which, who else, and who may what. */
@Component(service = OperationSource.class)
public final class GroupOperations implements OperationSource {
    static final String ID = "a group's name, or six or more of its id's first hex digits";
    private static final Duration SHORT = Duration.ofSeconds(30);

    /** Above the minute after which the room itself says that no admin answered. */
    private static final int JOIN_SECONDS = 75;

    private final Groups groups;
    private final GroupMembers members;
    private final GroupTalk talk;

    @Activate
    public GroupOperations(
            @Reference Identity identity,
            @Reference Groups groups,
            @Reference TrustStore trust,
            @Reference Network network,
            @Reference Catalog catalog) {
        this.groups = groups;
        this.members = new GroupMembers(groups, trust, new AgentNames(trust, network, catalog));
        this.talk = new GroupTalk(groups, trust, identity.agent(), EventReaders.PING);
    }

    @Override
    public List<Operation> operations() {
        List<Operation> all = new ArrayList<>(talk.operations());
        all.add(
                Operation.get(
                        "groups.list",
                        "/groups",
                        "The private groups of this container's agent, also those it was removed"
                                + " from",
                        (arguments, progress) -> list()));
        all.add(
                Operation.of(
                                "groups.create",
                                "POST",
                                "/groups",
                                "Makes a group with this agent as its only member, an admin",
                                (arguments, progress) ->
                                        describe(
                                                wait(
                                                        groups.create(
                                                                arguments.text("name"),
                                                                arguments.text("description")))))
                        .needs("name", Type.TEXT, name())
                        .takes("description", Type.TEXT, description()));
        all.add(
                Operation.of(
                                "groups.join",
                                "POST",
                                "/groups/join",
                                "Joins a group by an invite; waits up to a minute for an admin",
                                this::join)
                        .needs("link", Type.TEXT, "a text that starts with parley://group/")
                        .streaming(Streams.STEPS));
        all.add(about("groups.get", "GET", "", "One group: how it is", this::one));
        all.add(
                about(
                                "groups.rename",
                                "PATCH",
                                "",
                                "Gives a group another name or description, as admin",
                                this::rename)
                        .takes("name", Type.TEXT, name() + "; the old one")
                        .takes("description", Type.TEXT, description() + "; the old one"));
        all.add(
                about(
                        "groups.close",
                        "DELETE",
                        "",
                        "Ends a group for all its members, as admin",
                        arguments -> done(arguments, "closed", groups::close)));
        all.add(
                about(
                        "groups.leave",
                        "POST",
                        "/leave",
                        "Leaves a group; the last member takes it along",
                        arguments -> done(arguments, "left", groups::leave)));
        all.add(
                about(
                        "groups.forget",
                        "POST",
                        "/forget",
                        "Removes a group that this agent is no more in from this disk",
                        arguments -> done(arguments, "forgotten", groups::forget)));
        all.add(
                about(
                        "groups.refresh",
                        "POST",
                        "/refresh",
                        "Makes new keys for this agent, so that stolen ones are of no more use",
                        arguments -> done(arguments, "refreshed", groups::refresh)));
        all.addAll(members.operations());
        return all;
    }

    private static String name() {
        return "for people; 1 to " + Groups.MAX_NAME_CHARS + " characters";
    }

    private static String description() {
        return "for people; at most " + Groups.MAX_DESCRIPTION_CHARS + " characters";
    }

    interface Asked {
        Value on(Arguments arguments) throws OperationException;
    }

    private interface Act {
        CompletionStage<Void> on(GroupId group);
    }

    static Operation about(String name, String method, String path, String summary, Asked asked) {
        return Operation.of(
                        name,
                        method,
                        "/groups/{group}" + path,
                        summary,
                        (arguments, progress) -> asked.on(arguments))
                .needs("group", Type.TEXT, ID);
    }

    static <T> T wait(CompletionStage<T> stage) throws OperationException {
        return Waiting.join(stage, SHORT);
    }

    static void done(CompletionStage<Void> stage) throws OperationException {
        wait(stage.thenApply(none -> true));
    }

    static GroupInfo find(Groups groups, Arguments arguments) throws OperationException {
        return wait(groups.find(arguments.text("group")));
    }

    private GroupId group(Arguments arguments) throws OperationException {
        return find(groups, arguments).id();
    }

    private Value list() throws OperationException {
        return Value.map()
                .put(
                        "groups",
                        Value.list(
                                wait(groups.list()).stream()
                                        .map(GroupOperations::describe)
                                        .toList()))
                .build();
    }

    static Value describe(GroupInfo group) {
        return Value.map()
                .put("id", group.id().hex())
                .put("name", group.name())
                .put("description", group.description())
                .put("status", name(group.status()))
                .put("role", group.role().toString())
                .put("members", group.members())
                .put("epoch", group.epoch())
                .put("head", group.head())
                .put("lastSequence", group.lastSequence())
                .put("since", group.since().toString())
                .build();
    }

    static String name(GroupStatus status) {
        return status.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private Value one(Arguments arguments) throws OperationException {
        return describe(find(groups, arguments));
    }

    /** Says each second that it still waits. */
    private Value join(Arguments arguments, Consumer<Value> progress) throws OperationException {
        CompletableFuture<GroupInfo> joining =
                groups.join(arguments.text("link")).toCompletableFuture();
        for (int second = 0; second < JOIN_SECONDS; second++) {
            progress.accept(
                    Value.map()
                            .put("step", "asking an admin of the group")
                            .put("seconds", second)
                            .build());
            try {
                return describe(joining.get(1, TimeUnit.SECONDS));
            } catch (TimeoutException e) {
                continue;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new OperationException(
                        Kind.UNAVAILABLE, "STOPPING", "the container is stopping", "");
            } catch (ExecutionException e) {
                throw Waiting.failure(e.getCause() == null ? e : e.getCause());
            }
        }
        throw new OperationException(
                Kind.TIMEOUT,
                "TIMEOUT",
                "no answer within " + JOIN_SECONDS + " s",
                "it goes on by itself; 'parley group list' shows when this agent is in");
    }

    private Value rename(Arguments arguments) throws OperationException {
        if (arguments.optionalText("name").isEmpty()
                && arguments.optionalText("description").isEmpty()) {
            throw OperationException.invalid(
                    "neither a name nor a description is given", "expected one of them, or both");
        }
        GroupInfo old = find(groups, arguments);
        return describe(
                wait(
                        groups.rename(
                                old.id(),
                                arguments.optionalText("name").orElse(old.name()),
                                arguments.optionalText("description").orElse(old.description()))));
    }

    private Value done(Arguments arguments, String what, Act act) throws OperationException {
        GroupId group = group(arguments);
        done(act.on(group));
        return Value.map().put(what, group.hex()).build();
    }
}
