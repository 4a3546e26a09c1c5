package dev.parley.gateway.internal;

import dev.parley.catalog.api.Catalog;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationSource;
import dev.parley.identity.api.Identity;
import dev.parley.network.api.Network;
import dev.parley.stores.api.Compaction;
import dev.parley.stores.api.StoreLink;
import dev.parley.stores.api.StoreStatus;
import dev.parley.stores.api.StoreView;
import dev.parley.stores.api.Stores;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The stores that this container shares: which there are, who may do what, what was done. */
@Component(service = OperationSource.class)
public final class StoreOperations implements OperationSource {
    static final String ID = "a store's name, or six or more of its id's first hex digits";
    private static final String ROLE = "none, reader, writer or admin";
    private static final String MODE =
            "owned (only its owner writes), shared (whoever has the role) or open (everybody)";
    private static final Duration SHORT = Duration.ofSeconds(30);

    private final Stores stores;
    private final AgentNames agents;
    private final StoreValues values;
    private final StoreLists lists;
    private final StoreTrees trees;
    private final StoreShares shares;
    private final StoreTasks tasks;
    private final StoreHistory history;
    private final StoreTags tags;
    private final StoreSeals seals;
    private final StoreEvents events;

    @Activate
    public StoreOperations(
            @Reference Identity identity,
            @Reference Stores stores,
            @Reference TrustStore trust,
            @Reference Network network,
            @Reference Catalog catalog) {
        this.stores = stores;
        this.agents = new AgentNames(trust, network, catalog);
        Id self = Id.of(identity.agent().bytes());
        StoreEdits edits = new StoreEdits(stores);
        StoreVersions versions = new StoreVersions(stores);
        this.values = new StoreValues(stores, edits, versions);
        this.lists = new StoreLists(edits, versions);
        this.trees = new StoreTrees(edits, versions);
        this.shares = new StoreShares(edits, versions, agents, self);
        this.tasks = new StoreTasks(stores, self, agents);
        this.history = new StoreHistory(stores, versions, agents);
        this.tags = new StoreTags(stores, edits);
        this.seals = new StoreSeals(stores, agents);
        this.events = new StoreEvents(stores, history, self);
    }

    @Override
    public List<Operation> operations() {
        List<Operation> all = new ArrayList<>(values.operations());
        all.addAll(lists.operations());
        all.addAll(trees.operations());
        all.addAll(shares.operations());
        all.addAll(tasks.operations());
        all.addAll(history.operations());
        all.addAll(new StoreUndo(stores).operations());
        all.addAll(tags.operations());
        all.addAll(seals.operations());
        all.addAll(events.operations());
        all.add(
                Operation.get(
                        "stores.list",
                        "/stores",
                        "The stores that this container follows",
                        (arguments, progress) -> list()));
        all.add(
                Operation.of(
                                "stores.create",
                                "POST",
                                "/stores",
                                "Makes a store that this container's agent owns",
                                (arguments, progress) -> create(arguments))
                        .needs("name", Type.TEXT, "for people; 1 to 128 bytes")
                        .takes("mode", Type.TEXT, MODE + "; shared")
                        .takes("appendOnly", Type.ANY, "true: what is in it stays; false"));
        all.add(
                Operation.of(
                                "stores.join",
                                "POST",
                                "/stores/join",
                                "Follows a store",
                                (arguments, progress) ->
                                        joined(wait(stores.join(arguments.text("link")))))
                        .needs(
                                "link",
                                Type.TEXT,
                                "a text that starts with "
                                        + StoreLink.PREFIX
                                        + ", or a store's id"));
        all.add(
                Operation.get(
                                "stores.get",
                                "/stores/{store}",
                                "One store: how it is, and the hash of its state",
                                (arguments, progress) -> one(arguments))
                        .needs("store", Type.TEXT, ID));
        all.add(
                Operation.of(
                                "stores.leave",
                                "DELETE",
                                "/stores/{store}",
                                "Follows a store no more and removes it from this disk",
                                (arguments, progress) -> leave(arguments))
                        .needs("store", Type.TEXT, ID));
        all.add(
                Operation.of(
                                "stores.compact",
                                "POST",
                                "/stores/{store}/compact",
                                "Gives up the history that everybody has who writes",
                                (arguments, progress) -> compact(arguments))
                        .needs("store", Type.TEXT, ID));
        all.add(
                Operation.get(
                                "stores.members",
                                "/stores/{store}/members",
                                "Who has which role",
                                (arguments, progress) -> members(arguments))
                        .needs("store", Type.TEXT, ID));
        all.add(
                Operation.of(
                                "stores.grant",
                                "POST",
                                "/stores/{store}/members",
                                "Gives an agent a role, or takes it with none",
                                (arguments, progress) -> grant(arguments))
                        .needs("store", Type.TEXT, ID)
                        .needs("agent", Type.TEXT, AgentNames.WHO)
                        .needs("role", Type.TEXT, ROLE));
        return all;
    }

    static <T> T wait(CompletionStage<T> stage) throws OperationException {
        return Waiting.join(stage, SHORT);
    }

    private Id store(Arguments arguments) throws OperationException {
        return store(stores, arguments);
    }

    static Id store(Stores stores, Arguments arguments) throws OperationException {
        return wait(stores.find(arguments.text("store"))).id();
    }

    private Value list() throws OperationException {
        return Value.map()
                .put(
                        "stores",
                        Value.list(
                                wait(stores.list()).stream()
                                        .map(StoreOperations::describe)
                                        .toList()))
                .build();
    }

    private static Value.Map describe(StoreInfo info) {
        return basics(info, StoreLink.of(info)).build();
    }

    /** With what was known of it when it was joined. */
    private Value.Map joined(StoreInfo info) throws OperationException {
        for (StoreStatus status : wait(stores.list())) {
            if (status.info().equals(info)) {
                return basics(info, status.link()).build();
            }
        }
        throw OperationException.invalid("the store was left meanwhile", "");
    }

    private static Value.MapBuilder basics(StoreInfo info, String link) {
        return Value.map()
                .put("id", info.id().hex())
                .put("name", info.name())
                .put("mode", info.mode().name().toLowerCase(Locale.ROOT))
                .put("appendOnly", info.appendOnly())
                .put("owner", info.owner().hex())
                .put("link", link);
    }

    private static Value.Map describe(StoreStatus status) {
        return summary(status).build();
    }

    private static Value.MapBuilder summary(StoreStatus status) {
        return basics(status.info(), status.link())
                .put("role", name(status.role()))
                .put("changes", status.changes())
                .put("heads", Value.texts(status.heads().stream().map(Id::hex).toList()))
                .put("waiting", status.waiting())
                .put("parked", status.parked())
                .put("forked", Value.texts(status.forked().stream().map(Id::hex).toList()))
                .put("obstacle", status.obstacle())
                .put("damage", status.damage());
    }

    private static String name(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private Value create(Arguments arguments) throws OperationException {
        String mode = arguments.optionalText("mode").orElse("shared");
        StoreInfo.Mode wanted;
        try {
            wanted = StoreInfo.Mode.valueOf(mode.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw OperationException.invalid("mode is '" + mode + "'", "expected " + MODE);
        }
        Value appendOnly = arguments.value("appendOnly").orElse(Value.FALSE);
        if (!(appendOnly instanceof Value.Bool grows)) {
            throw OperationException.invalid("appendOnly is no boolean", "expected true or false");
        }
        return describe(wait(stores.create(arguments.text("name"), wanted, grows.value())));
    }

    private Value one(Arguments arguments) throws OperationException {
        Id id = store(arguments);
        for (StoreStatus status : wait(stores.list())) {
            if (status.info().id().equals(id)) {
                Value.MapBuilder whole = summary(status);
                if (status.damage().isEmpty()) {
                    whole.put("hash", wait(stores.read(id, view -> view.state().hash())).hex());
                }
                return whole.build();
            }
        }
        throw OperationException.invalid("the store was left meanwhile", "");
    }

    private Value leave(Arguments arguments) throws OperationException {
        Id id = store(arguments);
        Waiting.join(stores.leave(id).thenApply(none -> id), SHORT);
        return Value.map().put("left", id.hex()).build();
    }

    private Value compact(Arguments arguments) throws OperationException {
        Compaction compaction = wait(stores.compact(store(arguments)));
        return Value.map()
                .put("done", compaction.done())
                .put("givenUp", compaction.givenUp())
                .put("kept", compaction.kept())
                .put("notAcknowledged", agents(compaction.notAcknowledged()))
                .put("notApproved", agents(compaction.notApproved()))
                .put("why", compaction.why())
                .build();
    }

    private Value agents(List<Id> ids) {
        return Value.list(ids.stream().map(id -> (Value) agents.describe(id).build()).toList());
    }

    private Value members(Arguments arguments) throws OperationException {
        Map<Id, Role> members = wait(stores.read(store(arguments), StoreView::members));
        List<Value> all = new ArrayList<>();
        members.forEach(
                (agent, role) -> all.add(agents.describe(agent).put("role", name(role)).build()));
        return Value.map().put("members", Value.list(all)).build();
    }

    private Value grant(Arguments arguments) throws OperationException {
        Role role;
        try {
            role = Role.valueOf(arguments.text("role").toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw OperationException.invalid(
                    "role is '" + arguments.text("role") + "'", "expected " + ROLE);
        }
        Id store = store(arguments);
        Id agent = Id.of(agents.find(arguments.text("agent")).bytes());
        Id change = wait(stores.grant(store, agent, role));
        return Value.map()
                .put("agent", agent.hex())
                .put("role", name(role))
                .put("change", change.hex())
                .build();
    }
}
