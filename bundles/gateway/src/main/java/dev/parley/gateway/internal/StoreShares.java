package dev.parley.gateway.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.stores.api.Documents;
import dev.parley.stores.api.StoreException;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Escrow counters in a store: each agent spends only from its own share, so none is overdrawn. */
final class StoreShares {
    private static final String AMOUNT = "1 or more";

    private final StoreEdits edits;
    private final StoreVersions versions;
    private final AgentNames agents;
    private final Id self;

    StoreShares(StoreEdits edits, StoreVersions versions, AgentNames agents, Id self) {
        this.edits = edits;
        this.versions = versions;
        this.agents = agents;
        this.self = self;
    }

    List<Operation> operations() {
        return List.of(
                versions.reading(
                        Operation.get(
                                        "stores.shares",
                                        "/stores/{store}/shares",
                                        "Who has how much of the escrow counter at a place",
                                        (arguments, progress) -> shares(arguments))
                                .needs("store", Type.TEXT, StoreOperations.ID)
                                .needs("path", Type.TEXT, StoreEdits.PLACE)),
                edits.write(
                                "mint",
                                "Adds to this agent's share of the escrow counter at a place",
                                (place, arguments) -> {
                                    Path path = Documents.path(place, ObjectType.ESCROW);
                                    long amount = amount(arguments);
                                    return it -> {
                                        StoreEdits.fits(it.state(), path);
                                        it.mint(path, amount);
                                    };
                                })
                        .needs("amount", Type.INTEGER, AMOUNT),
                edits.write(
                                "spend",
                                "Takes from this agent's share of the escrow counter at a place",
                                (place, arguments) -> {
                                    Path path = Documents.path(place, ObjectType.ESCROW);
                                    long amount = amount(arguments);
                                    return it -> it.spend(path, amount);
                                })
                        .needs("amount", Type.INTEGER, AMOUNT),
                edits.write(
                                "transfer",
                                "Gives of this agent's share of the escrow counter to another",
                                this::transfer)
                        .needs("amount", Type.INTEGER, AMOUNT)
                        .needs("to", Type.TEXT, AgentNames.WHO));
    }

    private static long amount(Arguments arguments) throws StoreException {
        long amount = arguments.integer("amount", 0);
        if (amount < 1) {
            throw new StoreException(
                    StoreException.Code.INVALID, "amount is " + amount + ", expected " + AMOUNT);
        }
        return amount;
    }

    private Replica.Edit transfer(String place, Arguments arguments)
            throws StoreException, OperationException {
        Path path = Documents.path(place, ObjectType.ESCROW);
        long amount = amount(arguments);
        Id to = Id.of(agents.find(arguments.text("to")).bytes());
        return it -> it.transfer(path, to, amount);
    }

    private Value shares(Arguments arguments) throws OperationException {
        Path path;
        try {
            path = Documents.path(arguments.text("path"), ObjectType.ESCROW);
        } catch (StoreException e) {
            throw Waiting.failure(e);
        }
        Map<Id, Long> found = versions.read(arguments, state -> state.shares(path));
        List<Value> shares = new ArrayList<>();
        long total = 0;
        for (Map.Entry<Id, Long> each : found.entrySet()) {
            total += each.getValue();
            shares.add(
                    agents.describe(each.getKey())
                            .put("own", each.getKey().equals(self))
                            .put("amount", each.getValue())
                            .build());
        }
        return Value.map()
                .put("path", Documents.place(path))
                .put("total", total)
                .put("shares", Value.list(shares))
                .build();
    }
}
