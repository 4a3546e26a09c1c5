package dev.parley.stores.api;

import dev.parley.crdt.api.ChangeInfo;
import dev.parley.crdt.api.Difference;
import dev.parley.crdt.api.Fork;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.StoreInfo;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/** A store while {@link Stores#read} looks at it. Only good inside that call, on its thread. */
@ProviderType
public interface StoreView {
    StoreInfo info();

    /** The main line. */
    State state();

    /** A branch; the main line if the name is empty. */
    State state(String branch) throws RefusedException;

    /** As it was when these were the last changes. */
    State at(List<Id> versions) throws RefusedException;

    List<String> branches();

    /** The last changes of a branch. */
    List<Id> heads(String branch);

    int size();

    /** The latest changes, newest first. */
    List<ChangeInfo> log(int limit);

    /**
     * Changes in the order in which they were taken in here, which is not the same elsewhere.
     *
     * @param from the index of the first one
     */
    List<LoggedChange> changes(int from, int limit);

    /**
     * How many changes were given up by compaction; they are the first ones. Another number means
     * that changes stand at other indices.
     */
    int forgotten();

    /**
     * @return as how many-th a change was taken in, from 0; below 0 if it is not there
     */
    int indexOf(Id change);

    /**
     * The changes whose ids begin so.
     *
     * @param limit stops there; two are enough to know that it is not one
     */
    List<Id> startingWith(String hex, int limit);

    ChangeInfo describe(Id change) throws RefusedException;

    /** What is different in the second state; each is named by its last changes. */
    List<Difference> diff(List<Id> before, List<Id> after) throws RefusedException;

    /** Objects that two branches both changed since they parted: where to look at a merge. */
    List<Path> changedOnBoth(String from, String into) throws RefusedException;

    Map<Id, Role> members();

    List<Fork> forks();
}
