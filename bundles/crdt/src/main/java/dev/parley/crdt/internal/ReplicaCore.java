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
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.Serving;
import dev.parley.crdt.api.SignatureCheck;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Summary;
import dev.parley.crdt.api.Transaction;
import dev.parley.crdt.api.UndoHistory;
import dev.parley.crdt.api.Unsealing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A replica: the graph, the main line, and branches that are built when they are asked for. */
public final class ReplicaCore implements Replica {
    private static final int NONE = -1;
    private static final int[] ALONE = {};

    private Integration integration;
    private ChangeGraph graph;
    private final ChangeWriter writer = new ChangeWriter();
    private final Sha256.Digest digest = new Sha256.Digest();
    private @Nullable AgentName lastName;
    private int compactions;

    /** The snapshot below which changes were given up. */
    private @Nullable Id floor;

    private final Map<String, View> branchViews = new HashMap<>();

    public ReplicaCore(StoreInfo info, History history, Consumer<ChangeEvent> listener) {
        this(new Integration(info, history, listener));
    }

    private ReplicaCore(Integration integration) {
        this.integration = integration;
        this.graph = integration.graph();
    }

    /** Begins where a checkpoint ends. */
    public static Replica fromCheckpoint(
            Checkpoint checkpoint, byte[] snapshot, History history, Consumer<ChangeEvent> listener)
            throws MalformedException {
        StoreSnapshotReader reader = checked(checkpoint, snapshot);
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

    private static StoreSnapshotReader checked(Checkpoint checkpoint, byte[] snapshot)
            throws MalformedException {
        StoreSnapshotReader reader = new StoreSnapshotReader(snapshot);
        if (!reader.hash().equals(checkpoint.snapshot())
                || !reader.info().id().equals(checkpoint.store())) {
            throw new MalformedException("another snapshot than the checkpoint is of");
        }
        return reader;
    }

    @Override
    public Snapshot snapshot(List<Id> heads, boolean deletedText) throws RefusedException {
        View view = cut(heads);
        StoreSnapshotWriter.Written written = written(view, deletedText);
        return new Snapshot(checkpoint(view, written), written.packed());
    }

    private Checkpoint checkpoint(View view, StoreSnapshotWriter.Written written) {
        return new Checkpoint(integration.store(), ids(view.heads()), Sha256.of(written.raw()));
    }

    /** The state after these changes of the main line. */
    private View cut(List<Id> heads) throws RefusedException {
        int[] numbers = numbers(heads);
        View main = integration.main();
        int[] now = main.heads();
        Arrays.sort(numbers);
        Arrays.sort(now);
        for (int number : numbers) {
            if (!main.has(number)) {
                throw new RefusedException(
                        Code.NOT_FOUND, "a checkpoint is of the main line, and that is elsewhere");
            }
        }
        return Arrays.equals(numbers, now) ? main : view(numbers);
    }

    private StoreSnapshotWriter.Written written(View view, boolean deletedText)
            throws RefusedException {
        try {
            return StoreSnapshotWriter.write(
                    info(), graph, integration.roles(), integration.seals(), view, deletedText);
        } catch (MissingIdException e) {
            throw new RefusedException(Code.NOT_FOUND, MissingIdException.MESSAGE);
        } catch (IllegalStateException e) {
            throw new RefusedException(Code.NOT_FOUND, "the text of deleted elements was given up");
        }
    }

    @Override
    public void compact(Checkpoint checkpoint, byte[] snapshot) throws MalformedException {
        StoreSnapshotReader reader = checked(checkpoint, snapshot);
        checkOwn(checkpoint, reader.hasDeletedText());
        integration = integration.compacted(reader);
        floor = reader.hash();
        graph = integration.graph();
        branchViews.clear();
        compactions++;
    }

    /**
     * What one cannot see differs too if a snapshot is not this one: roles, and what was forgotten.
     */
    private void checkOwn(Checkpoint checkpoint, boolean deletedText) throws MalformedException {
        try {
            View view = cut(checkpoint.heads());
            if (checkpoint(view, written(view, deletedText)).equals(checkpoint)) {
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
        BitSet stable = integration.main().changes();
        for (List<Id> frontier : frontiers) {
            int[] known =
                    frontier.stream().mapToInt(graph::find).filter(it -> it != NONE).toArray();
            stable.and(graph.closure(known));
        }
        BitSet heads = (BitSet) stable.clone();
        for (int i = stable.nextSetBit(0); i >= 0; i = stable.nextSetBit(i + 1)) {
            if (graph.prev(i) != NONE) {
                heads.clear(graph.prev(i));
            }
            for (int dependency : graph.dependencies(i)) {
                heads.clear(dependency);
            }
        }
        return ids(heads.stream().toArray());
    }

    @Override
    public Role roleAt(Id agent, List<Id> heads) throws RefusedException {
        Version version = graph.including(numbers(heads));
        return integration.roles().at(agent, version);
    }

    private View view(int[] heads) throws RefusedException {
        try {
            return integration.rereading().view(heads);
        } catch (ForgottenException e) {
            throw e.refused();
        }
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
        return transact(author, "", "", nowMillis, signer, edit);
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
        int[] heads = headsFor(branch);
        return transact(
                author,
                branch,
                heads,
                branch.isEmpty() ? heads : integration.main().heads(),
                message,
                nowMillis,
                signer,
                edit);
    }

    private int[] headsFor(String branch) throws RefusedException {
        if (!ChangeCodec.validBranch(branch)) {
            throw new RefusedException(
                    Code.NOT_FOUND,
                    "a branch's name has at most 64 of a-z, 0-9 and ._/-: '" + branch + "'");
        }
        int[] heads = integration.headsOf(branch);
        return heads.length == 0 ? integration.main().heads() : heads;
    }

    private SignedChange transact(
            Id author,
            String branch,
            int[] heads,
            int[] mainBefore,
            String message,
            long nowMillis,
            ChangeSigner signer,
            Edit edit)
            throws RefusedException {
        if (LocalTransaction.wellFormed(message) > ChangeCodec.MAX_MESSAGE_BYTES) {
            throw new RefusedException(
                    Code.TOO_LARGE, "a message has at most " + ChangeCodec.MAX_MESSAGE_BYTES);
        }
        AgentName name = name(author, branch);
        // A change names so many others; what it does not name it does not know, and may not use.
        int[] known = heads;
        int[] before = mainBefore;
        int[] builtOn = builtOn(known, last(name));
        while (builtOn.length > ChangeCodec.MAX_DEPENDENCIES) {
            int[] some = Arrays.copyOf(builtOn, ChangeCodec.MAX_DEPENDENCIES);
            write(name, known, some, before, "", nowMillis, signer, ReplicaCore::note);
            int joined = graph.size() - 1;
            known = with(known, joined);
            before = branch.isEmpty() ? with(before, joined) : before;
            builtOn = builtOn(known, joined);
        }
        return write(name, known, builtOn, before, message, nowMillis, signer, edit);
    }

    private static void note(Transaction transaction) throws RefusedException {
        ((LocalTransaction) transaction).done(new Operation.Note(Path.ROOT));
    }

    private static int[] with(int[] changes, int one) {
        int[] more = Arrays.copyOf(changes, changes.length + 1);
        more[changes.length] = one;
        return more;
    }

    /** The agent's last change, or -1. */
    private int last(AgentName name) {
        List<Integer> lines = graph.agents().of(name);
        return lines.isEmpty() ? NONE : graph.tip(lines.get(lines.size() - 1));
    }

    private SignedChange write(
            AgentName name,
            int[] heads,
            int[] builtOn,
            int[] mainBefore,
            String message,
            long nowMillis,
            ChangeSigner signer,
            Edit edit)
            throws RefusedException {
        Id author = name.author();
        String branch = name.branch();
        int prev = last(name);
        View view = branch.isEmpty() ? integration.main() : branchView(branch, heads);
        long time = Math.max(nowMillis << 16, integration.lastTime() + 1);
        int[] before = graph.heads(heads);
        int number = graph.begin(name, time, prev, builtOn);
        LocalTransaction transaction = new LocalTransaction(integration, view, number);
        boolean complete = false;
        try {
            Role role = integration.roles().at(author, number);
            integration.roles().check(author, role, Role.WRITER);
            if (role == Role.ADMIN) {
                graph.markByAdmin(number);
            }
            edit.on(transaction);
            Change change = change(number, name, message, builtOn, transaction);
            integration.roles().check(change, role);
            byte[] body = encode(change);
            SignedChange signed = sign(body, signer);
            view.take(number);
            integration.commit(number, signed, change);
            complete = true;
            return signed;
        } catch (VoidException e) {
            throw e.refused();
        } finally {
            if (!complete) {
                graph.cancel(before);
                branchViews.clear();
                boolean changed =
                        !transaction.operations().isEmpty()
                                || !Arrays.equals(mainBefore, integration.main().heads());
                if (branch.isEmpty() && changed) {
                    integration.rebuildMain(mainBefore);
                }
            }
        }
    }

    private AgentName name(Id author, String branch) {
        AgentName name = lastName;
        if (name == null || name.author() != author || !name.branch().equals(branch)) {
            name = new AgentName(author, branch);
            lastName = name;
        }
        return name;
    }

    private SignedChange sign(byte[] body, ChangeSigner signer) {
        Id id = digest.of(body);
        return SignedChange.of(id, body, signer.sign(id));
    }

    private byte[] encode(Change change) throws RefusedException {
        try {
            return writer.write(change);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Code.TOO_LARGE, "the transaction is " + e.getMessage());
        }
    }

    private Change change(
            int number, AgentName name, String message, int[] builtOn, LocalTransaction transaction)
            throws RefusedException {
        if (transaction.operations().isEmpty()) {
            throw new RefusedException(Code.NOT_FOUND, "the transaction did nothing");
        }
        int prev = graph.prev(number);
        return new Change(
                integration.store(),
                name,
                graph.seq(number),
                prev == NONE ? null : graph.id(prev),
                graph.start(number),
                builtOn.length == 0 ? List.of() : ids(builtOn),
                graph.time(number),
                message,
                transaction.operations());
    }

    /** The heads that the agent's last change does not have in its past. */
    private int[] builtOn(int[] heads, int prev) {
        if (heads.length == 0 || heads.length == 1 && heads[0] == prev) {
            return ALONE;
        }
        return IntStream.of(heads)
                .filter(it -> it != prev && (prev == NONE || !graph.isBefore(it, prev)))
                .toArray();
    }

    private View branchView(String branch, int[] heads) throws RefusedException {
        View view = branchViews.get(branch);
        if (view != null) {
            try {
                for (int head : heads) {
                    for (int each : integration.rereading().missingIn(view, head)) {
                        if (!view.has(each)) {
                            view.apply(each, integration.rereading().change(each));
                        }
                    }
                }
                return view;
            } catch (ForgottenException e) {
                // The branch now has what lies below a checkpoint, so it is built from there.
                branchViews.remove(branch);
            }
        }
        View built = view(heads);
        branchViews.put(branch, built);
        return built;
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
        int[] source = integration.headsOf(from);
        if (source.length == 0) {
            throw new RefusedException(Code.NOT_FOUND, "nobody wrote on the branch '" + from + "'");
        }
        int[] target = headsFor(into);
        Version known = graph.including(target);
        int[] fresh =
                IntStream.of(source)
                        .filter(it -> !known.contains(graph.agent(it), graph.start(it)))
                        .toArray();
        if (fresh.length == 0) {
            throw new RefusedException(
                    Code.NOT_FOUND, "'" + into + "' has all of '" + from + "' already");
        }
        Version arriving = graph.including(fresh);
        int[] heads =
                IntStream.concat(
                                IntStream.of(target)
                                        .filter(
                                                it ->
                                                        !arriving.contains(
                                                                graph.agent(it), graph.start(it))),
                                IntStream.of(fresh))
                        .toArray();
        int[] mainBefore = integration.main().heads();
        if (into.isEmpty()) {
            for (int head : fresh) {
                for (int each : integration.rereading().missingIn(integration.main(), head)) {
                    Change change = integration.rereading().change(each);
                    integration.main().apply(each, change);
                    integration.notice(each, change, false);
                }
            }
        }
        return transact(
                author, into, heads, mainBefore, message, nowMillis, signer, ReplicaCore::note);
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
        View view = branchView(branch, heads);
        return new ViewState(() -> view, () -> integration.seals());
    }

    @Override
    public State at(List<Id> versions) throws RefusedException {
        View view = view(numbers(versions));
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
                view(numbers(before)), view(numbers(after)), integration.seals());
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
        View one = view(first);
        View other = view(second);
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
        TreeSet<String> names = new TreeSet<>();
        for (int line = 0; line < graph.agents().size(); line++) {
            names.add(graph.agents().name(line).branch());
        }
        names.remove("");
        return List.copyOf(names);
    }

    @Override
    public List<Id> heads(String branch) {
        return ids(integration.headsOf(branch));
    }

    @Override
    public List<Id> heads() {
        return ids(graph.heads());
    }

    private List<Id> ids(int[] changes) {
        return IntStream.of(changes).mapToObj(graph::id).sorted().toList();
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
                branchView(branch, integration.headsOf(branch));
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
        List<Id> parents = new ArrayList<>(ids(graph.dependencies(number)));
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
        visit(Path.ROOT, integration.main().root(), visitor);
    }

    private static void visit(Path path, MapState map, SealedVisitor visitor) {
        map.children()
                .forEach(
                        (key, state) -> {
                            if (state instanceof MapState below) {
                                visit(path.map(key.key()), below, visitor);
                            } else {
                                state.eachScalar(
                                        value -> {
                                            if (value instanceof Scalar.Sealed sealed) {
                                                visitor.visit(
                                                        path.at(key.key(), key.type()), sealed);
                                            }
                                        });
                            }
                        });
    }

    /** The keys with which values of a change are sealed. */
    public static Set<KeyId> keysOf(SignedChange change) {
        Set<KeyId> keys = new HashSet<>();
        try {
            for (Operation operation : ChangeCodec.decode(change.body()).operations()) {
                if (HistoryOperationWriter.scalar(operation) instanceof Scalar.Sealed sealed) {
                    keys.add(sealed.key());
                }
            }
        } catch (MalformedException e) {
            return Set.of();
        }
        return keys;
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
