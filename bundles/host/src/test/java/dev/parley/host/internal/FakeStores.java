package dev.parley.host.internal;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.ChangeInfo;
import dev.parley.crdt.api.Difference;
import dev.parley.crdt.api.Fork;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Undone;
import dev.parley.stores.api.LoggedChange;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreStatus;
import dev.parley.stores.api.StoreView;
import dev.parley.stores.api.Stores;
import dev.parley.stores.api.UndoList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** One store called {@code board/main} in memory, whose changes are not signed. */
final class FakeStores implements Stores {
    static final StoreInfo INFO =
            new StoreInfo(
                    "parley.test",
                    Id.parse("ab".repeat(32)),
                    StoreInfo.Mode.OPEN,
                    false,
                    "board/main",
                    new byte[16]);
    private final List<Consumer<ChangeEvent>> listeners = new ArrayList<>();
    private final Replica replica =
            Replica.create(
                    INFO,
                    new dev.parley.crdt.api.MemoryHistory(),
                    event -> List.copyOf(listeners).forEach(it -> it.accept(event)));

    private static <T> CompletionStage<T> no() {
        return CompletableFuture.failedStage(
                new StoreException(StoreException.Code.CLOSED, "not in this test"));
    }

    int listeners() {
        return listeners.size();
    }

    @Override
    public CompletionStage<StoreInfo> create(String name, StoreInfo.Mode mode, boolean appendOnly) {
        return no();
    }

    @Override
    public CompletionStage<StoreInfo> join(String idOrLink) {
        return no();
    }

    @Override
    public CompletionStage<Void> leave(Id store) {
        return no();
    }

    @Override
    public CompletionStage<List<StoreStatus>> list() {
        return CompletableFuture.completedStage(
                List.of(
                        new StoreStatus(
                                INFO, Role.ADMIN, 0, List.of(), 0, 0, List.of(), "", "", "")));
    }

    @Override
    public CompletionStage<StoreInfo> find(String reference) {
        return no();
    }

    @Override
    public CompletionStage<Id> write(Id store, Replica.Edit edit) {
        try {
            SignedChange change =
                    replica.transact(INFO.owner(), 1_800_000_000_000L, id -> new byte[0], edit);
            return CompletableFuture.completedStage(change.id());
        } catch (RefusedException e) {
            return CompletableFuture.failedStage(
                    new StoreException(
                            StoreException.Code.valueOf(e.code().name()),
                            String.valueOf(e.getMessage())));
        }
    }

    @Override
    public CompletionStage<Id> commit(Id store, String branch, String message, Replica.Edit edit) {
        return no();
    }

    @Override
    public CompletionStage<Undone> undo(Id store, String branch) {
        return no();
    }

    @Override
    public CompletionStage<Undone> undo(Id store, String branch, Id change) {
        return no();
    }

    @Override
    public CompletionStage<Undone> redo(Id store, String branch) {
        return no();
    }

    @Override
    public CompletionStage<UndoList> undoList(Id store, String branch) {
        return no();
    }

    @Override
    public CompletionStage<AutoCloseable> watch(Id store, IntConsumer onDisk) {
        return no();
    }

    @Override
    public CompletionStage<Id> merge(Id store, String from, String into, String message) {
        return no();
    }

    @Override
    public CompletionStage<Id> grant(Id store, Id agent, Role role) {
        return no();
    }

    @Override
    public <T> CompletionStage<T> read(Id store, Reading<T> reading) {
        try {
            return CompletableFuture.completedStage(reading.on(new View()));
        } catch (RefusedException | StoreException e) {
            return no();
        }
    }

    @Override
    public AutoCloseable listen(Id store, Consumer<ChangeEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private final class View implements StoreView {
        @Override
        public StoreInfo info() {
            return INFO;
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
            return List.of();
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
            return List.of();
        }

        @Override
        public List<LoggedChange> changes(int from, int limit) {
            return List.of();
        }

        @Override
        public int forgotten() {
            return 0;
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
            return Map.of();
        }

        @Override
        public List<Fork> forks() {
            return List.of();
        }
    }

    @Override
    public CompletionStage<Replica.Edit> sealing(Id store, String label, Replica.Edit edit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<List<dev.parley.stores.api.SealStatus>> seals(Id store) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Id> expunge(Id store, dev.parley.crdt.api.KeyId key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<dev.parley.stores.api.Compaction> compact(Id store) {
        throw new UnsupportedOperationException();
    }
}
