package dev.parley.gateway.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.State;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreException.Code;
import dev.parley.stores.api.StoreView;
import dev.parley.stores.api.Stores;
import dev.parley.stores.api.Tags;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Versions of a store by name. Tried in this order, so that nobody's tag can take the place of a
 * whole id: {@code now}, 64 hex digits, a tag, a branch, a change's first digits.
 */
record StoreVersions(Stores stores) {
    static final String VERSION =
            "now, a tag, a branch, or changes by their first six or more hex digits, with commas";
    private static final int MIN_DIGITS = 6;

    /** What is wanted of a state. */
    interface Look<T> {
        T on(State state) throws RefusedException, StoreException;
    }

    /** The arguments with which {@link #read} finds the state. */
    Operation reading(Operation operation) {
        return operation
                .takes("branch", Type.TEXT, "the branch to look at; the main line")
                .takes("at", Type.TEXT, "as it was: " + VERSION);
    }

    <T> T read(Arguments arguments, Look<T> look) throws OperationException {
        Id store = StoreOperations.store(stores, arguments);
        return StoreOperations.wait(stores.read(store, view -> look.on(state(view, arguments))));
    }

    static State state(StoreView view, Arguments arguments)
            throws RefusedException, StoreException {
        String at = arguments.text("at");
        if (!at.isEmpty() && !arguments.text("branch").isEmpty()) {
            throw new StoreException(
                    Code.INVALID, "found branch and at, expected one; at may name a branch");
        }
        return at.isEmpty() ? view.state(arguments.text("branch")) : view.at(find(view, at));
    }

    /** The last changes of a version. */
    static List<Id> find(StoreView view, String version) throws StoreException {
        Set<Id> found = new LinkedHashSet<>();
        for (String part : version.split(",")) {
            found.addAll(one(view, part.strip()));
        }
        return new ArrayList<>(found);
    }

    private static List<Id> one(StoreView view, String name) throws StoreException {
        if (name.equals("now")) {
            return view.heads("");
        }
        if (name.matches("[0-9a-f]{64}")) {
            return known(view, List.of(Id.parse(name)), "");
        }
        List<List<Id>> tagged = Tags.get(view.state(), name);
        if (tagged.size() > 1) {
            throw new StoreException(
                    Code.AMBIGUOUS,
                    "the tag '"
                            + name
                            + "' was given to "
                            + tagged.size()
                            + " versions at the same time; 'parley store tags' shows them, and"
                            + " giving it once more with --move decides");
        } else if (tagged.size() == 1) {
            return known(view, tagged.get(0), ", which the tag '" + name + "' names");
        }
        List<Id> branch = name.isEmpty() ? List.of() : view.heads(name);
        return branch.isEmpty() ? byDigits(view, name) : branch;
    }

    private static List<Id> byDigits(StoreView view, String name) throws StoreException {
        boolean digits = name.length() >= MIN_DIGITS && name.matches("[0-9a-f]*");
        List<Id> found = digits ? view.startingWith(name, 2) : List.of();
        if (found.size() > 1) {
            throw new StoreException(
                    Code.AMBIGUOUS, "several changes begin with '" + name + "'; give more digits");
        } else if (found.isEmpty()) {
            throw new StoreException(
                    Code.NOT_FOUND,
                    "no version is called '"
                            + name
                            + "', expected "
                            + VERSION
                            + "; 'parley store log' and 'parley store tags' show them");
        }
        return found;
    }

    /** A tag may be here before what it names. */
    private static List<Id> known(StoreView view, List<Id> changes, String why)
            throws StoreException {
        for (Id change : changes) {
            if (view.indexOf(change) < 0) {
                throw new StoreException(
                        Code.NOT_FOUND, "the change " + change.hex() + why + " is not here");
            }
        }
        return changes;
    }
}
