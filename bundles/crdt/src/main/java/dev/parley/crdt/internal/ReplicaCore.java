package dev.parley.crdt.internal;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.ChangeInfo;
import dev.parley.crdt.api.ChangeSigner;
import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Difference;
import dev.parley.crdt.api.Fork;
import dev.parley.crdt.api.History;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.IdsApart;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Receipt;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Serving;
import dev.parley.crdt.api.SignatureCheck;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Summary;
import dev.parley.crdt.api.UndoHistory;
import dev.parley.crdt.api.Unsealing;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A replica: the graph, the main line, and branches that are built when they are asked for. It is
 * long because a replica answers so many questions; most are answered elsewhere.
 */
public final class ReplicaCore implements Replica {
    private static final int NONE = -1;

    private Integration integration;
    private ChangeGraph graph;
    private Branches branches;
    private Authoring authoring;
    private int compactions;

    /** The snapshot below which changes were given up. */
    private @Nullable Id floor;

    public ReplicaCore(StoreInfo info, History history, Consumer<ChangeEvent> listener) {
        this(new Integration(info, history, listener));
    }

    private ReplicaCore(Integration integration) {
        this.integration = integration;
        this.graph = integration.graph();
        this.branches = new Branches(integration);
        this.authoring = new Authoring(integration, branches);
    }

    /** Begins where a checkpoint ends. */
    public static Replica fromCheckpoint(
            Checkpoint checkpoint, byte[] snapshot, History history, Consumer<ChangeEvent> listener)
            throws MalformedException {
        StoreSnapshotReader reader = Checkpointing.checked(checkpoint, snapshot);
        Integration integration = new Integration(reader, history, listener);
        ReplicaCore replica = new ReplicaCore(integration);
        replica.floor = reader.hash();
        if (!replica.heads("").equals(checkpoint.heads())) {
            throw new MalformedException("a snapshot of other heads than the checkpoint has");
        }
        return replica;
    }

    /** Begins with an index of a history. */
    public static Replica fromIndex(
            byte[] index,
            Optional<byte[]> floor,
            History history,
            int size,
            Consumer<ChangeEvent> listener)
            throws MalformedException {
        StoreSnapshotReader below = floor.isEmpty() ? null : new StoreSnapshotReader(floor.get());
        Id hash = below == null ? null : below.hash();
        HistoryIndex read = HistoryIndex.read(index, hash, history, size);
        ReplicaCore replica = new ReplicaCore(Integration.indexed(read, below, history, listener));
        replica.floor = hash;
        return replica;
    }

    @Override
    public byte[] index() {
        return HistoryIndex.write(integration, floor);
    }

    @Override
    public Snapshot snapshot(List<Id> heads, boolean deletedText) throws RefusedException {
        return Checkpointing.snapshot(integration, branches, numbers(heads), deletedText);
    }

    @Override
    public void compact(Checkpoint checkpoint, byte[] snapshot) throws MalformedException {
        StoreSnapshotReader reader = Checkpointing.checked(checkpoint, snapshot);
        checkOwn(checkpoint, reader.hasDeletedText());
        integration = integration.compacted(reader);
        floor = reader.hash();
        graph = integration.graph();
        branches = new Branches(integration);
        authoring = new Authoring(integration, branches);
        compactions++;
    }

    /**
     * What one cannot see differs too if a snapshot is not this one: roles, and what was forgotten.
     */
    private void checkOwn(Checkpoint checkpoint, boolean deletedText) throws MalformedException {
        try {
            int[] numbers = numbers(checkpoint.heads());
            if (Checkpointing.checkpoint(integration, branches, numbers, deletedText)
                    .equals(checkpoint)) {
                return;
            }
        } catch (RefusedException e) {
            throw new MalformedException("a snapshot that cannot be made here: " + e.getMessage());
        }
        throw new MalformedException("another snapshot than is made of the changes here");
    }

    @Override
    public boolean lacksIds() {
        return integration.intake().lacksIds();
    }

    @Override
    public Optional<IdsApart> idsApart() {
        return integration.intake().idsApart();
    }

    @Override
    public boolean knowsId(int index) {
        return graph.knowsId(index);
    }

    @Override
    public List<Id> addIds(byte[] ids, long nowMillis) throws MalformedException {
        return integration.intake().addIds(ids, nowMillis);
    }

    /** Changes whenever operations get other numbers. */
    int compactions() {
        return compactions;
    }

    @Override
    public List<Id> stableCut(Collection<List<Id>> frontiers) {
        return Checkpointing.stableCut(integration, frontiers);
    }

    @Override
    public Role roleAt(Id agent, List<Id> heads) throws RefusedException {
        Version version = graph.including(numbers(heads));
        return integration.roles().at(agent, version);
    }

    /** Builds a replica from a file that {@link #save()} made. */
    public static Replica load(
            byte[] file,
            long nowMillis,
            SignatureCheck check,
            History history,
            Consumer<ChangeEvent> listener)
            throws MalformedException {
        HistoryReader reader = new HistoryReader(file);
        ReplicaCore replica = new ReplicaCore(reader.info(), history, listener);
        reader.read(
                change -> null,
                check,
                (signed, change) ->
                        replica.integration.intake().receive(signed, change, nowMillis));
        return replica;
    }

    @Override
    public int receiveAll(byte[] file, long nowMillis, SignatureCheck check)
            throws MalformedException {
        HistoryReader reader = new HistoryReader(file);
        if (!reader.info().equals(info())) {
            throw new MalformedException("a history of another store");
        }
        // Nothing is taken in before all of it was looked at.
        reader.read(this::known, check, (signed, change) -> {});
        int before = graph.size();
        new HistoryReader(file)
                .read(
                        this::known,
                        (author, change, signature) -> true,
                        (signed, change) ->
                                integration.intake().receive(signed, change, nowMillis));
        return graph.size() - before;
    }

    private HistoryReader.@Nullable Known known(Id change) {
        int number = graph.find(change);
        return number < 0
                ? null
                : new HistoryReader.Known(
                        graph.agents().name(graph.agent(number)),
                        graph.seq(number),
                        graph.end(number));
    }

    @Override
    public byte[] save() {
        BitSet all = new BitSet();
        all.set(0, graph.size());
        return save(all);
    }

    @Override
    public byte[] save(List<Id> versions) throws RefusedException {
        return save(graph.closure(numbers(versions)));
    }

    private byte[] save(BitSet changes) {
        changes.stream().filter(integration::isForgotten).forEach(changes::clear);
        return HistoryWriter.write(info(), graph, integration.rereading()::signed, changes);
    }

    @Override
    public StoreInfo info() {
        return integration.info();
    }

    @Override
    public Receipt receive(SignedChange change, long nowMillis) {
        return integration.intake().receive(change, nowMillis);
    }

    @Override
    public List<Id> tick(long nowMillis) {
        return integration.intake().tick(nowMillis);
    }

    @Override
    public SignedChange transact(Id author, long nowMillis, ChangeSigner signer, Edit edit)
            throws RefusedException {
        return authoring.transact(author, "", "", nowMillis, signer, edit);
    }

    @Override
    public SignedChange transact(
            Id author,
            String branch,
            String message,
            long nowMillis,
            ChangeSigner signer,
            Edit edit)
            throws RefusedException {
        return authoring.transact(author, branch, message, nowMillis, signer, edit);
    }

    @Override
    public SignedChange merge(
            Id author,
            String from,
            String into,
            String message,
            long nowMillis,
            ChangeSigner signer)
            throws RefusedException {
        return authoring.merge(author, from, into, message, nowMillis, signer);
    }

    @Override
    public State state() {
        return new ViewState(() -> integration.main(), () -> integration.seals());
    }

    @Override
    public State state(String branch) throws RefusedException {
        if (branch.isEmpty()) {
            return state();
        }
        int[] heads = integration.headsOf(branch);
        if (heads.length == 0) {
            throw new RefusedException(
                    Code.NOT_FOUND, "nobody wrote on the branch '" + branch + "'");
        }
        View view = branches.view(branch, heads);
        return new ViewState(() -> view, () -> integration.seals());
    }

    @Override
    public State at(List<Id> versions) throws RefusedException {
        View view = branches.view(numbers(versions));
        return new ViewState(() -> view, () -> integration.seals());
    }

    private int[] numbers(List<Id> versions) throws RefusedException {
        int[] heads = new int[versions.size()];
        for (int i = 0; i < heads.length; i++) {
            heads[i] = number(versions.get(i));
        }
        return heads;
    }

    @Override
    public List<Difference> diff(List<Id> before, List<Id> after) throws RefusedException {
        return Differences.between(
                branches.view(numbers(before)), branches.view(numbers(after)), integration.seals());
    }

    @Override
    public List<Path> changedOnBoth(String from, String into) throws RefusedException {
        int[] first = integration.headsOf(from);
        int[] second = integration.headsOf(into);
        if (first.length == 0 || second.length == 0) {
            throw new RefusedException(
                    Code.NOT_FOUND,
                    "nobody wrote on the branch '" + (first.length == 0 ? from : into) + "'");
        }
        View one = branches.view(first);
        View other = branches.view(second);
        View base;
        try {
            base = integration.rereading().common(one, other);
        } catch (ForgottenException e) {
            throw e.refused();
        }
        List<Path> both = paths(Differences.between(base, one, integration.seals()));
        both.retainAll(paths(Differences.between(base, other, integration.seals())));
        return both;
    }

    private static List<Path> paths(List<Difference> differences) {
        return new ArrayList<>(differences.stream().map(Difference::path).toList());
    }

    private int number(Id change) throws RefusedException {
        int number = graph.find(change);
        if (number < 0) {
            throw new RefusedException(Code.NOT_FOUND, "there is no change " + change.hex());
        }
        return number;
    }

    @Override
    public List<String> branches() {
        return branches.names();
    }

    @Override
    public List<Id> heads(String branch) {
        return graph.ids(integration.headsOf(branch));
    }

    @Override
    public List<Id> heads() {
        return graph.ids(graph.heads());
    }

    @Override
    public int size() {
        return graph.size();
    }

    @Override
    public int indexOf(Id change) {
        return graph.find(change);
    }

    @Override
    public boolean has(Id change) {
        return graph.find(change) >= 0;
    }

    @Override
    public SignedChange change(int index) {
        if (integration.isForgotten(index)) {
            throw new IllegalArgumentException("change " + index + " was given up");
        }
        return integration.rereading().signed(index);
    }

    @Override
    public Id id(int index) {
        return graph.id(index);
    }

    @Override
    public Id author(int index) {
        return graph.agents().author(graph.agent(index));
    }

    @Override
    public List<Id> startingWith(String hex, int limit) {
        return graph.startingWith(hex, limit);
    }

    @Override
    public Set<Path> touched(Id change) throws RefusedException {
        int number = number(change);
        if (integration.isForgotten(number)) {
            throw new RefusedException(
                    Code.NOT_FOUND, "the operations of " + change.hex() + " were given up");
        }
        return Integration.touched(integration.rereading().change(number));
    }

    @Override
    public boolean isForgotten(int index) {
        return integration.isForgotten(index);
    }

    @Override
    public boolean isVoid(Id change) {
        int number = graph.find(change);
        return number >= 0 && isVoid(number);
    }

    /** A branch is judged when somebody asks. */
    private boolean isVoid(int number) {
        if (!integration.main().has(number)) {
            String branch = graph.agents().name(graph.agent(number)).branch();
            try {
                branches.view(branch, integration.headsOf(branch));
            } catch (RefusedException e) {
                return graph.isVoid(number); // as far as it can be judged without its past
            }
        }
        return graph.isVoid(number);
    }

    @Override
    public ChangeInfo describe(Id id) throws RefusedException {
        int number = number(id);
        AgentName name = graph.agents().name(graph.agent(number));
        List<Id> parents = new ArrayList<>(graph.ids(graph.dependencies(number)));
        int prev = graph.prev(number);
        if (prev != NONE && !graph.knowsId(prev)) {
            throw new RefusedException(Code.NOT_FOUND, MissingIdException.MESSAGE);
        }
        if (prev != NONE) {
            parents.add(0, graph.id(prev));
        }
        boolean forgotten = integration.isForgotten(number);
        Change change = forgotten ? null : integration.rereading().change(number);
        return new ChangeInfo(
                id,
                name.author(),
                name.branch(),
                graph.seq(number),
                parents,
                (change == null ? graph.time(number) : change.time()) >>> 16,
                change == null ? "" : change.message(),
                graph.length(number),
                isVoid(number));
    }

    @Override
    public void unsealWith(Unsealing keys) {
        integration.seals().keys(keys);
    }

    @Override
    public Set<KeyId> shredded() {
        return integration.seals().shredded();
    }

    @Override
    public boolean isShredded(KeyId key) {
        return integration.seals().isShredded(key);
    }

    @Override
    public void visitSealed(SealedVisitor visitor) {
        SealedValues.visit(integration.main(), visitor);
    }

    @Override
    public Summary summary(int maxBytes) {
        return new Exchange(integration).summary(maxBytes);
    }

    @Override
    public Summary beginnings() {
        return new Exchange(integration).beginnings();
    }

    @Override
    public Serving serve(Summary theirs) {
        return new Exchange(integration).outgoing(theirs);
    }

    @Override
    public boolean needsCheckpoint(Summary theirs) {
        return new Exchange(integration).needsCheckpoint(theirs);
    }

    @Override
    public UndoHistory undoHistory(Id author, String branch) {
        return new UndoLog(this, author, branch);
    }

    /** Another one after a compaction. */
    Integration integration() {
        return integration;
    }

    @Override
    public List<Fork> forks() {
        return integration.forks();
    }

    @Override
    public Role role(Id agent) {
        return integration.roles().now(agent);
    }

    @Override
    public Map<Id, Role> members() {
        return integration.roles().members();
    }

    @Override
    public boolean isParked(Id change) {
        return integration.intake().held().isParked(change);
    }

    @Override
    public List<SignedChange> parkedChanges() {
        return integration.intake().held().allParked();
    }

    @Override
    public int waiting() {
        return integration.intake().held().waiting();
    }

    @Override
    public int parked() {
        return integration.intake().held().parked();
    }
}
