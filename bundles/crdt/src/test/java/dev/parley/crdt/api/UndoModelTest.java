package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random edits of objects of every type, undone and done again at random, alone and among others,
 * with restarts from the history file and from an index in between. The model is what each wrote.
 */
class UndoModelTest {
    private static final Path DIR = Path.ROOT.map("dir");
    private static final Path REGISTER = DIR.at("title", ObjectType.REGISTER);
    private static final Path MULTI = Path.ROOT.at("title", ObjectType.MULTI_REGISTER);
    private static final Path COUNTER = DIR.at("visits", ObjectType.COUNTER);
    private static final Path OPEN = Path.ROOT.at("open", ObjectType.FLAG_ENABLE_WINS);
    private static final Path SAFE = DIR.at("safe", ObjectType.FLAG_DISABLE_WINS);
    private static final Path TAGS = DIR.at("tags", ObjectType.SET_ADD_WINS);
    private static final Path BANS = Path.ROOT.at("bans", ObjectType.SET_REMOVE_WINS);
    private static final Path TEXT = DIR.at("body", ObjectType.TEXT);
    private static final Path LIST = DIR.at("items", ObjectType.LIST);
    private static final Path TREE = DIR.at("tree", ObjectType.TREE);
    private static final Path EMPTY = DIR.map("empty");
    private static final Path STOCK = DIR.at("stock", ObjectType.ESCROW);
    private static final Path TASKS = Path.ROOT.at("todo", ObjectType.TASKS);
    private static final List<Path> CLEARED =
            List.of(
                    Path.ROOT, DIR, REGISTER, MULTI, COUNTER, OPEN, SAFE, TAGS, BANS, TEXT, LIST,
                    TREE, EMPTY);
    private static final List<Path> VALUES = List.of(REGISTER, MULTI, OPEN, SAFE);
    private static final long LATER = Replicas.NOW + 86_400_000L;

    /** Counts what it has, as a disk does. */
    private static final class Disk implements History {
        private final List<SignedChange> changes = new ArrayList<>();

        @Override
        public void append(SignedChange change) {
            changes.add(change);
        }

        @Override
        public SignedChange get(int index) {
            return changes.get(index);
        }
    }

    private static final class Author {
        private final Id id;
        private Disk disk = new Disk();
        private Replica replica;
        private UndoHistory undo;
        private byte[] index = new byte[0];
        private long clock = Replicas.NOW;

        /** What brought a change into effect last, or out of it. */
        private final Map<Id, Id> effects = new HashMap<>();

        Author(Replicas.Peer peer) {
            id = peer.author;
            replica = Replica.create(peer.replica.info(), disk, event -> {});
            undo = replica.undoHistory(id);
        }

        SignedChange write(Replica.Edit edit) throws RefusedException {
            return replica.transact(id, clock++, Replicas::signature, edit);
        }

        Undone undo() throws RefusedException {
            return undo.undo(clock++, Replicas::signature);
        }

        Undone redo() throws RefusedException {
            return undo.redo(clock++, Replicas::signature);
        }

        void pull(Author other) {
            for (SignedChange each : other.replica.missing(replica.summary(), Integer.MAX_VALUE)) {
                replica.receive(each, LATER);
            }
            clock = Math.max(clock, other.clock);
        }

        /** Begins again with what is on the disk; what can be undone is the same. */
        void restart(Random random) throws Exception {
            List<Id> undoable = undo.undoable().stream().map(Undoable::change).toList();
            List<Id> redoable = undo.redoable().stream().map(Undoable::change).toList();
            Id hash = replica.state().hash();
            if (random.nextBoolean()) {
                byte[] file = replica.save();
                disk = new Disk();
                replica =
                        Replica.load(
                                file, LATER, (author, change, with) -> true, disk, event -> {});
                index = new byte[0];
            } else if (index.length == 0 || random.nextBoolean()) {
                index = replica.index();
            }
            if (index.length > 0) {
                replica =
                        Replica.fromIndex(
                                index, Optional.empty(), disk, disk.changes.size(), event -> {});
            }
            undo = replica.undoHistory(id);
            assertThat(replica.state().hash()).isEqualTo(hash);
            assertThat(undo.undoable()).extracting(Undoable::change).isEqualTo(undoable);
            assertThat(undo.redoable()).extracting(Undoable::change).isEqualTo(redoable);
        }
    }

    private static String shown(Author author) {
        State state = author.replica.state();
        List<String> all = new ArrayList<>();
        for (Path path : CLEARED) {
            all.add(path + "=" + state.has(path) + ":" + state.shown(path) + state.keys(Path.ROOT));
        }
        return String.join("\n", all);
    }

    @Property(tries = 300)
    void whoIsAloneGetsTheStateBeforeAndTheStateAfter(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Author alone = new Author(Replicas.open(1).get(0));
        List<String> states = new ArrayList<>(List.of(shown(alone)));
        for (int i = 0; i < 14; i++) {
            try {
                alone.write(it -> edits(random, it));
                states.add(shown(alone));
            } catch (RefusedException e) {
                assertThat(e).hasMessageContaining("did nothing");
            }
        }
        int at = states.size() - 1;
        for (int i = 0; i < 60; i++) {
            if (random.nextInt(10) == 0) {
                alone.restart(random);
            }
            boolean back = at > 0 && (at == states.size() - 1 || random.nextInt(3) > 0);
            Undone undone = back ? alone.undo() : alone.redo();
            at += back ? -1 : 1;
            assertThat(undone.left()).isEmpty();
            assertThat(shown(alone)).isEqualTo(states.get(at));
        }
        Author other = new Author(Replicas.open(2).get(1));
        other.pull(alone);
        assertThat(other.replica.state().hash()).isEqualTo(alone.replica.state().hash());
    }

    @Property(tries = 300)
    void amongOthersAnUndoLeavesWhatTheyWroteSince(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = Replicas.open(3);
        List<Author> authors = new ArrayList<>();
        replicas.peers.forEach(it -> authors.add(new Author(it)));
        Map<Id, Set<Object>> wrote = new HashMap<>();
        for (int step = 0; step < 70; step++) {
            Author author = authors.get(random.nextInt(3));
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> author.pull(authors.get(random.nextInt(3)));
                case 3, 4, 5 -> back(author, wrote, random.nextInt(3) > 0);
                case 6 -> {
                    if (random.nextInt(3) == 0) {
                        author.restart(random);
                    }
                }
                default -> write(random, author, wrote);
            }
        }
        for (int round = 0; round < 2; round++) {
            for (Author to : authors) {
                authors.forEach(to::pull);
            }
        }
        for (Author author : authors) {
            author.restart(random);
            assertThat(author.replica.size()).isEqualTo(authors.get(0).replica.size());
            assertThat(author.replica.state().hash())
                    .isEqualTo(authors.get(0).replica.state().hash());
            for (int i = 0; i < author.replica.size(); i++) {
                assertThat(author.replica.isVoid(author.replica.id(i))).isFalse();
            }
        }
    }

    private static void write(Random random, Author author, Map<Id, Set<Object>> wrote) {
        try {
            Set<Object> elements = new HashSet<>();
            SignedChange change =
                    author.write(
                            it -> {
                                for (int i = random.nextInt(3); i >= 0; i--) {
                                    if (random.nextInt(8) == 0) {
                                        rest(random, it);
                                    } else {
                                        elements.add(edit(random, it));
                                    }
                                }
                            });
            wrote.put(change.id(), elements);
        } catch (RefusedException e) {
            assertThat(e.code()).isNotEqualTo(RefusedException.Code.TOO_LARGE);
        }
    }

    /** What others wrote who did not have the change in their past is as it was. */
    private static void back(Author author, Map<Id, Set<Object>> wrote, boolean undo) {
        List<Undoable> next = undo ? author.undo.undoable() : author.undo.redoable();
        if (next.isEmpty()) {
            return;
        }
        Replica replica = author.replica;
        Set<Object> theirs = new HashSet<>();
        Id taken = next.get(0).change();
        for (Id change : since(replica, author.effects.getOrDefault(taken, taken))) {
            if (wrote.containsKey(change)
                    && !describe(replica, change).author().equals(author.id)) {
                theirs.addAll(wrote.get(change));
            }
        }
        Map<Object, String> before = values(replica, theirs);
        try {
            Undone undone = undo ? author.undo() : author.redo();
            assertThat(undone.of()).isEqualTo(taken);
            author.effects.put(taken, undone.change().id());
        } catch (RefusedException e) {
            assertThat(e.code()).isEqualTo(RefusedException.Code.WRONG_STATE);
            return;
        }
        Map<Object, String> after = values(replica, theirs);
        // What was deleted with what is above it may come back with that.
        before.forEach(
                (element, value) -> {
                    if (!value.equals("Optional.empty")) {
                        assertThat(after).containsEntry(element, value);
                    }
                });
    }

    private static ChangeInfo describe(Replica replica, Id change) {
        try {
            return replica.describe(change);
        } catch (RefusedException e) {
            throw new AssertionError(e);
        }
    }

    /** Changes that do not lie in the past of one. */
    private static Set<Id> since(Replica replica, Id change) {
        Set<Id> all = new HashSet<>();
        for (int i = 0; i < replica.size(); i++) {
            all.add(replica.id(i));
        }
        List<Id> past = new ArrayList<>(List.of(change));
        for (int i = 0; i < past.size(); i++) {
            if (all.remove(past.get(i))) {
                past.addAll(describe(replica, past.get(i)).parents());
            }
        }
        return all;
    }

    private record Element(Path path, Object of) {}

    private static Map<Object, String> values(Replica replica, Set<Object> elements) {
        State state = replica.state();
        Map<Object, String> values = new HashMap<>();
        for (Object each : elements) {
            if (each instanceof Path path && VALUES.contains(path)) {
                values.put(path, state.shown(path));
            } else if (each instanceof Element element && element.of() instanceof Scalar value) {
                values.put(element, "" + state.set(element.path()).contains(value));
            } else if (each instanceof Element element && element.path().equals(LIST)) {
                values.put(
                        element,
                        state.list(LIST).stream()
                                .filter(it -> it.id().equals(element.of()))
                                .toList()
                                .toString());
            } else if (each instanceof Element element && element.of() instanceof ElementId node) {
                values.put(element, state.node(TREE, node).map(TreeNode::label).toString());
            }
        }
        return values;
    }

    private static void edits(Random random, Transaction it) throws RefusedException {
        for (int i = random.nextInt(3); i >= 0; i--) {
            edit(random, it);
        }
    }

    /** What is not always taken back. */
    private static void rest(Random random, Transaction it) throws RefusedException {
        List<Task> tasks = it.state().tasks(TASKS);
        if (random.nextInt(3) == 0) {
            it.mint(STOCK, 1);
        } else if (tasks.isEmpty()) {
            it.tasks(TASKS).add("task");
        } else {
            Task task = tasks.get(random.nextInt(tasks.size()));
            switch (random.nextInt(5)) {
                case 0 -> it.tasks(TASKS).cancel(task.id());
                case 1 -> it.tasks(TASKS).reopen(task.id());
                case 2 -> it.tasks(TASKS).rename(task.id(), "renamed");
                case 3 -> it.tasks(TASKS).claim(task.id(), Duration.ofHours(1));
                default -> {
                    if (!task.claims().isEmpty()) {
                        it.tasks(TASKS).release(task.claims().get(0).id());
                    }
                }
            }
        }
    }

    /**
     * @return what it wrote to, as far as the model compares it
     */
    private static Object edit(Random random, Transaction it) throws RefusedException {
        Scalar value = Scalar.of(random.nextInt(5));
        switch (random.nextInt(17)) {
            case 0 -> {
                it.set(REGISTER, value);
                return REGISTER;
            }
            case 1 -> {
                it.set(MULTI, value);
                return MULTI;
            }
            case 2 -> {
                it.increment(COUNTER, 1 + random.nextInt(4));
                return COUNTER;
            }
            case 3 -> {
                it.flag(OPEN, random.nextBoolean());
                return OPEN;
            }
            case 4 -> {
                it.flag(SAFE, random.nextBoolean());
                return SAFE;
            }
            case 5 -> {
                Path set = random.nextBoolean() ? TAGS : BANS;
                it.add(set, value);
                return new Element(set, value);
            }
            case 6 -> {
                Path set = random.nextBoolean() ? TAGS : BANS;
                it.remove(set, value);
                return new Element(set, value);
            }
            case 7 -> {
                if (random.nextInt(3) == 0) {
                    it.put(EMPTY);
                    return EMPTY;
                }
                Path cleared = CLEARED.get(random.nextInt(CLEARED.size()));
                if (!it.state().tasks(TASKS).isEmpty() && cleared.equals(Path.ROOT)) {
                    return EMPTY;
                }
                it.clear(cleared);
                return cleared;
            }
            case 8, 9, 10 -> {
                TextEditor text = it.text(TEXT);
                text.insert(random.nextInt(text.length() + 1), "ab\uD83D\uDE00c");
                return TEXT;
            }
            case 11, 12 -> {
                TextEditor text = it.text(TEXT);
                int from = random.nextInt(text.length() + 1);
                text.delete(from, Math.min(1 + random.nextInt(5), text.length() - from));
                return TEXT;
            }
            case 13, 14 -> {
                return list(random, it, value);
            }
            default -> {
                return tree(random, it);
            }
        }
    }

    private static Object list(Random random, Transaction it, Scalar value)
            throws RefusedException {
        ListEditor list = it.list(LIST);
        if (list.size() == 0 || random.nextInt(3) == 0) {
            list.insert(random.nextInt(list.size() + 1), value);
            return LIST;
        }
        int at = random.nextInt(list.size());
        Element element = new Element(LIST, it.state().list(LIST).get(at).id());
        switch (random.nextInt(3)) {
            case 0 -> list.move(at, random.nextInt(list.size()));
            case 1 -> list.replace(at, value);
            default -> list.drop(at);
        }
        return element;
    }

    private static Object tree(Random random, Transaction it) throws RefusedException {
        List<ElementId> nodes = new ArrayList<>(List.of(ElementId.ROOT));
        for (int i = 0; i < nodes.size(); i++) {
            it.state().children(TREE, nodes.get(i)).forEach(child -> nodes.add(child.id()));
        }
        ElementId under = nodes.get(random.nextInt(nodes.size()));
        int index = random.nextInt(it.state().children(TREE, under).size() + 1);
        if (nodes.size() == 1 || random.nextInt(2) == 0) {
            it.tree(TREE).grow(under, index, Scalar.of(random.nextInt(100)));
            return TREE;
        }
        ElementId node = nodes.get(1 + random.nextInt(nodes.size() - 1));
        switch (random.nextInt(3)) {
            case 0 -> {
                it.tree(TREE).label(node, Scalar.of(random.nextInt(100)));
                return new Element(TREE, node);
            }
            case 1 -> it.tree(TREE).fell(node);
            default -> {
                boolean below = false;
                for (ElementId at = under; !at.equals(ElementId.ROOT); ) {
                    below |= at.equals(node);
                    at = it.state().node(TREE, at).orElseThrow().parent();
                }
                int last = it.state().children(TREE, under).size() - 1;
                if (!below) {
                    it.tree(TREE).move(node, under, Math.max(0, Math.min(index, last)));
                }
            }
        }
        return TREE;
    }
}
