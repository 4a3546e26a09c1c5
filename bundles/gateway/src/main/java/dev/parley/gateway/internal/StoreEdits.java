package dev.parley.gateway.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.State;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.stores.api.Documents;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.Stores;
import dev.parley.wire.api.Value;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What all operations that write at a place of a store have in common. */
record StoreEdits(Stores stores) {
    static final String PLACE = "keys after '/', for example /stats/visits";

    /** Reads the arguments of a write; the store is not looked at yet. */
    interface Edits {
        Replica.Edit of(String place, Arguments arguments)
                throws StoreException, OperationException;
    }

    /** {@code POST /stores/{store}/VERB}, which answers with the change. */
    Operation write(String verb, String summary, Edits edits) {
        return taking(
                Operation.of(
                                "stores." + verb,
                                "POST",
                                "/stores/{store}/" + verb,
                                summary,
                                (arguments, progress) -> answer(write(arguments, edits)))
                        .needs("store", Type.TEXT, StoreOperations.ID)
                        .needs("path", Type.TEXT, PLACE));
    }

    /** The arguments that every write takes. */
    static Operation taking(Operation operation) {
        return operation
                .takes("branch", Type.TEXT, "the branch to write on; the main line")
                .takes("message", Type.TEXT, "for people; makes it a change of its own");
    }

    /** A write that {@code undo} takes back alone if it is asked for. */
    static Operation undoable(Operation write) {
        return write.takes(
                "undoable",
                Type.ANY,
                "true: a change of its own, so that 'undo' takes back this write alone; false: with"
                        + " what else is written in the same milliseconds");
    }

    /** A write whose values can be sealed. */
    static Operation sealable(Operation write) {
        return write.takes(
                "seal",
                Type.TEXT,
                "seals the value with the key of this label, which is made if there is none;"
                        + " 'expunge' destroys it");
    }

    static Value answer(Id change) {
        return Value.map().put("change", change.hex()).build();
    }

    Id write(Arguments arguments, Edits edits) throws OperationException {
        Id store = StoreOperations.store(stores, arguments);
        Replica.Edit edit;
        try {
            edit = edits.of(arguments.text("path"), arguments);
        } catch (StoreException e) {
            throw Waiting.failure(e);
        }
        return StoreOperations.wait(send(store, arguments, sealed(store, arguments, edit)));
    }

    /** The same edit, with its values sealed if that is asked for. */
    Replica.Edit sealed(Id store, Arguments arguments, Replica.Edit edit)
            throws OperationException {
        String label = arguments.text("seal");
        return label.isEmpty() ? edit : StoreOperations.wait(stores.sealing(store, label, edit));
    }

    /** Gathered with what others write if nothing speaks against it, else a change of its own. */
    CompletionStage<Id> send(Id store, Arguments arguments, Replica.Edit edit)
            throws OperationException {
        String branch = arguments.text("branch");
        String message = arguments.text("message");
        Value undoable = arguments.value("undoable").orElse(Value.FALSE);
        if (!undoable.equals(Value.TRUE) && !undoable.equals(Value.FALSE)) {
            throw OperationException.invalid("undoable is no boolean", "expected true or false");
        }
        return branch.isEmpty() && message.isEmpty() && undoable.equals(Value.FALSE)
                ? stores.write(store, edit)
                : stores.commit(store, branch, message, edit);
    }

    /** Refuses to begin an object where only one of another type stands: both would be there. */
    static void fits(State state, Path path) {
        if (state.has(path)) {
            return;
        }
        List<Path> there;
        try {
            there = Documents.objects(state, Documents.place(path));
        } catch (StoreException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        if (!there.isEmpty()) {
            throw new IllegalArgumentException(
                    "at "
                            + Documents.place(path)
                            + " is a "
                            + Documents.name(there.get(0).type())
                            + ", expected type "
                            + Documents.name(path.type())
                            + " or nothing; take another place, or delete what is there first");
        }
    }
}
