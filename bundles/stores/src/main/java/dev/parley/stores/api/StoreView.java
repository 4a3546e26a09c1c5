package dev.parley.stores.api;

import dev.parley.crdt.api.ChangeInfo;
import dev.parley.crdt.api.Fork;
import dev.parley.crdt.api.Id;
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

    Map<Id, Role> members();

    List<Fork> forks();
}
