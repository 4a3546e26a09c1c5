package dev.parley.stores.internal;

import dev.parley.crdt.api.ChangeInfo;
import dev.parley.crdt.api.Fork;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.stores.api.StoreView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
                log.add(replica.describe(replica.change(i).id()));
            }
        } catch (RefusedException e) {
            throw new IllegalStateException("a change that is there is not", e);
        }
        return log;
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
