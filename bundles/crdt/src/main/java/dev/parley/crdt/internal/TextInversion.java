package dev.parley.crdt.internal;

import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.TextEditor;
import dev.parley.crdt.internal.sequence.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes back what a change did to a text: deletes what is left of what it wrote, and writes what it
 * deleted again, directly behind where it stood. Each run of deleted elements with numbers that
 * follow one another is one insertion, whose left origin is the last of them; so whoever reads the
 * change knows which element stands for which.
 */
final class TextInversion {
    private final Inversion inversion;
    private final Path path;
    private final UndoLog log;
    private final TextState text;
    private final Sequence sequence;
    private final Set<Long> made = new LinkedHashSet<>();
    private final Set<Long> gone = new LinkedHashSet<>();

    TextInversion(Inversion inversion, Path path, UndoLog log) {
        this.inversion = inversion;
        this.path = path;
        this.log = log;
        this.text = (TextState) inversion.transaction().view().orCreate(path);
        this.sequence = text.sequence();
    }

    void run() throws RefusedException {
        if (inversion.of().scope().isCleared(path)) {
            ((TextState) inversion.sides().before().orCreate(path)).visible(gone::add);
            ((TextState) inversion.sides().after().orCreate(path)).visible(made::add);
            made.removeIf(gone::remove);
        } else {
            readOperations();
        }
        if (gone.removeIf(this::isTouched)) {
            inversion.leave(path);
        }
        deleteMade();
        writeGone();
    }

    private void readOperations() {
        At at = new At(inversion.of().integration().graph(), inversion.of().number());
        for (Operation operation : inversion.of().change().operations()) {
            if (operation.path().equals(path)) {
                if (operation instanceof Operation.Insert insert) {
                    for (int i = 0; i < insert.length(); i++) {
                        made.add(at.dot() + i);
                    }
                } else if (operation instanceof Operation.Delete delete) {
                    text.deleted(
                            delete,
                            at,
                            it -> {
                                if (!made.remove(it)) {
                                    gone.add(it);
                                }
                            });
                }
            }
            at.advance(operation.length());
        }
    }

    private boolean isTouched(long element) {
        return inversion.since().isTouched(path, element)
                || sequence.isVisible(At.agent(element), At.number(element))
                || log.newest(element) != element;
    }

    private void deleteMade() throws RefusedException {
        List<Integer> positions = new ArrayList<>();
        for (long dot : made) {
            long element = log.newest(dot);
            if (sequence.isVisible(At.agent(element), At.number(element))) {
                positions.add(sequence.positionOf(At.agent(element), At.number(element)));
            }
        }
        if (positions.isEmpty()) {
            return;
        }
        inversion.write(path);
        TextEditor editor = inversion.transaction().text(path);
        positions.sort(null);
        // From the end on, so that the others stay where they are.
        for (int i = positions.size() - 1; i >= 0; ) {
            int last = i;
            while (i > 0 && positions.get(i - 1) == positions.get(i) - 1) {
                i--;
            }
            editor.delete(positions.get(i), last - i + 1);
            i--;
        }
    }

    private void writeGone() throws RefusedException {
        List<Long> all = new ArrayList<>(gone);
        all.sort(this::compare);
        for (int i = 0; i < all.size(); ) {
            int end = i + 1;
            while (end < all.size() && follows(all.get(end - 1), all.get(end))) {
                end++;
            }
            inversion.write(path);
            LocalTransaction transaction = inversion.transaction();
            transaction.done(
                    text.insertBehind(
                            path,
                            all.get(end - 1),
                            content(all.get(i), end - i),
                            transaction.at()));
            i = end;
        }
    }

    private int compare(long a, long b) {
        return a == b
                ? 0
                : sequence.isBefore(At.agent(a), At.number(a), At.agent(b), At.number(b)) ? -1 : 1;
    }

    private boolean follows(long element, long next) {
        return next == element + 1
                && sequence.isDirectlyBehind(
                        At.agent(element), At.number(element), At.agent(next), At.number(next));
    }

    /** Deleted text may have been left out of a snapshot; then the history has it. */
    private String content(long first, int count) {
        Sequence from =
                sequence.knowsDeletedContent()
                        ? sequence
                        : ((TextState) inversion.sides().before().orCreate(path)).sequence();
        return from.textOf(At.agent(first), At.number(first), count);
    }
}
