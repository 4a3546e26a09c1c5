package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.internal.sequence.IdRuns;
import dev.parley.crdt.internal.sequence.Sequence;
import dev.parley.crdt.internal.sequence.VisibleChanges;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongConsumer;

/** Text: code points in Fugue order. */
final class TextState extends ObjectState {
    private final ChangeGraph graph;

    /** What the last deletion of a transaction was of; kept for the next one. */
    private final IdRuns targets = new IdRuns();

    private Sequence sequence;

    TextState(ChangeGraph graph) {
        this.graph = graph;
        this.sequence = Sequence.ofText(graph.agents()::compare);
    }

    Sequence sequence() {
        return sequence;
    }

    @Override
    void check(Operation operation, At at, Earlier earlier) throws VoidException {
        if (operation instanceof Operation.Insert insert) {
            ElementRuns.checkOrigins(sequence, insert.path(), insert.origins(), at, earlier);
            earlier.insert(insert.path(), at.number(), insert.length());
        } else if (operation instanceof Operation.Delete delete) {
            check(delete, at, earlier);
        }
    }

    /** Each element is looked for once. */
    @Override
    boolean take(Operation operation, At at) throws VoidException {
        if (operation instanceof Operation.Insert insert) {
            Ref leftRef = insert.origins().left();
            Ref rightRef = insert.origins().right();
            long left = ElementRuns.resolve(leftRef, at);
            long right = ElementRuns.resolve(rightRef, at);
            return (leftRef == null || left != At.NOWHERE)
                    && (rightRef == null || right != At.NOWHERE)
                    && sequence.insertIfPossible(
                            at.agent(),
                            at.number(),
                            ElementRuns.agent(left),
                            ElementRuns.number(left),
                            ElementRuns.agent(right),
                            ElementRuns.number(right),
                            insert.text());
        }
        if (operation instanceof Operation.Delete delete) {
            long first = at.resolve(delete.first());
            int count = delete.length();
            if (first != At.NOWHERE && count == 1) {
                return sequence.deleteIfThere(
                        at.agent(), at.number(), At.agent(first), At.number(first), 1, false);
            }
            List<Piece> pieces = pieces(delete, at);
            if (pieces.size() == 1) {
                Piece only = pieces.get(0);
                boolean backward = delete.run() < 0;
                return sequence.deleteIfThere(
                        at.agent(),
                        at.number(),
                        only.agent(),
                        backward ? only.low() + count - 1 : only.low(),
                        count,
                        backward);
            }
        }
        return super.take(operation, at);
    }

    private void check(Operation.Delete delete, At at, Earlier earlier) throws VoidException {
        for (Piece piece : pieces(delete, at)) {
            int number = piece.low();
            int end = number + piece.count();
            if (piece.agent() == at.agent()) {
                int known = Math.min(end, at.graph().start(at.change()));
                if (known > number && sequence.containsAll(piece.agent(), number, known - number)) {
                    number = known;
                }
                while (number < end) {
                    if (!sequence.contains(piece.agent(), number)) {
                        Earlier.Inserted run = earlier.find(delete.path(), number);
                        if (run == null) {
                            throw ElementRuns.notThere("an element to delete");
                        }
                        number = run.from() + run.length();
                    } else {
                        number++;
                    }
                }
            } else if (!sequence.containsAll(piece.agent(), number, piece.count())) {
                throw ElementRuns.notThere("an element to delete");
            }
        }
    }

    /** A part of a deletion whose elements one line of the agent made. */
    private record Piece(int agent, int low, int count) {}

    /** From the lowest number up. */
    private List<Piece> pieces(Operation.Delete delete, At at) throws VoidException {
        Ref first = delete.first();
        int low = delete.lowest();
        int count = delete.length();
        long highest = at.resolve(new Ref(first.agent(), first.fork(), low + count - 1));
        if (highest == At.NOWHERE) {
            throw ElementRuns.notThere("an element to delete");
        }
        int line = At.agent(highest);
        if (graph.agents().line(line).from() <= low) {
            return List.of(new Piece(line, low, count));
        }
        List<Piece> pieces = new ArrayList<>();
        int end = low + count;
        while (end > low) {
            line = graph.agents().owner(line, end - 1);
            int from = Math.max(low, graph.agents().line(line).from());
            pieces.add(new Piece(line, from, end - from));
            end = from;
        }
        Collections.reverse(pieces);
        return pieces;
    }

    /** The elements that a deletion names, which was checked, from the lowest number up. */
    void deleted(Operation.Delete delete, At at, LongConsumer element) {
        try {
            for (Piece piece : pieces(delete, at)) {
                for (int i = 0; i < piece.count(); i++) {
                    element.accept(At.dot(piece.agent(), piece.low() + i));
                }
            }
        } catch (VoidException e) {
            throw new IllegalStateException("a deletion that was checked", e);
        }
    }

    /** What is visible, in order. */
    void visible(LongConsumer element) {
        sequence.blame(
                (position, agent, number, count, visible) -> {
                    for (int i = 0; i < count; i++) {
                        element.accept(At.dot(agent, number + i));
                    }
                });
    }

    @Override
    void apply(Operation operation, At at) {
        if (operation instanceof Operation.Insert insert) {
            long left = ElementRuns.resolve(insert.origins().left(), at);
            long right = ElementRuns.resolve(insert.origins().right(), at);
            sequence.integrateInsert(
                    at.agent(),
                    at.number(),
                    ElementRuns.agent(left),
                    ElementRuns.number(left),
                    ElementRuns.agent(right),
                    ElementRuns.number(right),
                    insert.text(),
                    VisibleChanges.NONE);
        } else if (operation instanceof Operation.Delete delete) {
            apply(delete, at);
        } else {
            throw unexpected(operation);
        }
    }

    private void apply(Operation.Delete delete, At at) {
        try {
            boolean backward = delete.run() < 0;
            for (Piece piece : pieces(delete, at)) {
                int before =
                        backward
                                ? delete.lowest() + delete.length() - piece.low() - piece.count()
                                : piece.low() - delete.lowest();
                sequence.integrateDelete(
                        at.agent(),
                        at.number() + before,
                        piece.agent(),
                        backward ? piece.low() + piece.count() - 1 : piece.low(),
                        piece.count(),
                        backward,
                        VisibleChanges.NONE);
            }
        } catch (VoidException e) {
            throw new IllegalStateException("a deletion that was checked", e);
        }
    }

    @Override
    void clear(At at) {
        if (sequence.length() == 0) {
            return;
        }
        List<int[]> known = new ArrayList<>();
        sequence.blame(
                (position, agent, number, count, visible) -> {
                    int some = Math.min(count, at.end(agent) - number);
                    if (some > 0) {
                        known.add(new int[] {agent, number, some});
                    }
                });
        for (int[] run : known) {
            for (int i = 0; i < run[2]; i++) {
                delete(run[0], run[1] + i, at);
            }
        }
    }

    private void delete(int agent, int number, At at) {
        sequence.integrateDelete(
                at.agent(), at.number(), agent, number, 1, false, VisibleChanges.NONE);
    }

    @Override
    void clearAgain(At at, List<Written> since) {
        for (Written written : since) {
            if (written.operation() instanceof Operation.Insert) {
                int first = At.number(written.dot());
                for (int i = 0; i < written.operation().length(); i++) {
                    if (sequence.isVisible(at.agent(), first + i)) {
                        delete(at.agent(), first + i, at);
                    }
                }
            }
        }
    }

    @Override
    boolean knownContent(At at) {
        boolean[] known = {false};
        sequence.blame(
                (position, agent, number, count, visible) -> known[0] |= number < at.end(agent));
        return known[0];
    }

    @Override
    boolean present() {
        return sequence.length() > 0;
    }

    @Override
    boolean isBlank() {
        return sequence.elements() == 0;
    }

    @Override
    void write(StateWriter out) {
        out.sequence(sequence);
    }

    @Override
    void read(StateReader in) throws MalformedException {
        sequence = in.sequence(true);
    }

    @Override
    void canonical(Writer out, ChangeGraph graph) {
        out.text(sequence.text());
    }

    /** Inserts for a transaction. */
    Operation.Insert insert(dev.parley.crdt.api.Path path, int position, String text, At at)
            throws VoidException {
        inside(position);
        int before = sequence.length();
        var origins = sequence.insert(position, text, at.agent(), at.number());
        return new Operation.Insert(
                path, ElementRuns.name(origins, at), text, sequence.length() - before);
    }

    /** Writes behind an element, visible or not, for a transaction. */
    Operation.Insert insertBehind(dev.parley.crdt.api.Path path, long element, String text, At at) {
        var origins =
                sequence.insertBehind(
                        At.agent(element), At.number(element), text, at.agent(), at.number());
        return new Operation.Insert(
                path, ElementRuns.name(origins, at), text, text.codePointCount(0, text.length()));
    }

    /** Deletes for a transaction. */
    List<Operation> delete(dev.parley.crdt.api.Path path, int position, int count, At at)
            throws VoidException {
        inside(position);
        inside(position + count);
        targets.clear();
        sequence.delete(position, count, at.agent(), at.number(), targets);
        if (targets.size() == 1) {
            return List.of(deletion(path, 0, at));
        }
        List<Operation> operations = new ArrayList<>(targets.size());
        for (int i = 0; i < targets.size(); i++) {
            operations.add(deletion(path, i, at));
        }
        return operations;
    }

    private Operation deletion(dev.parley.crdt.api.Path path, int run, At at) {
        return new Operation.Delete(
                path,
                at.name(At.dot(targets.agent(run), targets.first(run))),
                targets.backward(run) ? -targets.count(run) : targets.count(run));
    }

    private void inside(int position) throws VoidException {
        if (position < 0 || position > sequence.length()) {
            throw new VoidException(
                    Code.NOT_FOUND,
                    "position "
                            + position
                            + ", the text has "
                            + sequence.length()
                            + " code points");
        }
    }
}
