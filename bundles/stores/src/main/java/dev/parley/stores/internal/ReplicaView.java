package dev.parley.stores.internal;

import dev.parley.crdt.api.ChangeInfo;
import dev.parley.crdt.api.Difference;
import dev.parley.crdt.api.Fork;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.stores.api.LoggedChange;
import dev.parley.stores.api.StoreView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The reading half of a replica. */
record ReplicaView(Replica replica) implements StoreView {
    @Override
    public StoreInfo info() {
        return replica.info();
    }

    @Override
    public State state() {
        return replica.state();
    }

    @Override
    public State state(String branch) throws RefusedException {
        return replica.state(branch);
    }

    @Override
    public State at(List<Id> versions) throws RefusedException {
        return replica.at(versions);
    }

    @Override
    public List<String> branches() {
        return replica.branches();
    }

    @Override
    public List<Id> heads(String branch) {
        return replica.heads(branch);
    }

    @Override
    public int size() {
        return replica.size();
    }

    @Override
    public List<ChangeInfo> log(int limit) {
        List<ChangeInfo> log = new ArrayList<>();
        try {
            for (int i = replica.size() - 1; i >= 0 && log.size() < limit; i--) {
                if (isNamed(i)) {
                    log.add(replica.describe(replica.id(i)));
                }
            }
        } catch (RefusedException e) {
            throw new IllegalStateException("a change that is there is not", e);
        }
        return log;
    }

    @Override
    public List<LoggedChange> changes(int from, int limit) {
        List<LoggedChange> changes = new ArrayList<>();
        try {
            for (int i = from; i < replica.size() && changes.size() < limit; i++) {
                if (!isNamed(i)) {
                    continue;
                }
                Id id = replica.id(i);
                boolean forgotten = replica.isForgotten(i);
                Set<Path> paths = forgotten ? Set.of() : replica.touched(id);
                changes.add(new LoggedChange(i, replica.describe(id), forgotten, paths));
            }
        } catch (RefusedException e) {
            throw new IllegalStateException("a change that is there is not", e);
        }
        return changes;
    }

    /** While ids are on their way, what is below the checkpoint is not told of. */
    private boolean isNamed(int index) {
        return !replica.lacksIds() || !replica.isForgotten(index);
    }

    @Override
    public int forgotten() {
        int from = 0;
        for (int to = replica.size(); from < to; ) {
            int middle = (from + to) >>> 1;
            if (replica.isForgotten(middle)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    @Override
    public int indexOf(Id change) {
        return replica.indexOf(change);
    }

    @Override
    public List<Id> startingWith(String hex, int limit) {
        return replica.startingWith(hex, limit);
    }

    @Override
    public ChangeInfo describe(Id change) throws RefusedException {
        return replica.describe(change);
    }

    @Override
    public List<Difference> diff(List<Id> before, List<Id> after) throws RefusedException {
        return replica.diff(before, after);
    }

    @Override
    public List<Path> changedOnBoth(String from, String into) throws RefusedException {
        return replica.changedOnBoth(from, into);
    }

    @Override
    public Map<Id, Role> members() {
        return replica.members();
    }

    @Override
    public List<Fork> forks() {
        return replica.forks();
    }
}
