package dev.parley.crdt.internal;

import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.internal.ListState.Cell;
import java.util.Map;

/**
 * Takes back what a change did to a list. An element that it dropped is placed again directly
 * behind the place it had, which is the left origin; so whoever reads the change knows for which
 * element the new one stands.
 */
final class ListInversion {
    private final Inversion inversion;
    private final Path path;
    private final UndoLog log;
    private final LocalTransaction transaction;
    private final ListState list;

    ListInversion(Inversion inversion, Path path, UndoLog log) {
        this.inversion = inversion;
        this.path = path;
        this.log = log;
        this.transaction = inversion.transaction();
        this.list = (ListState) transaction.view().orCreate(path);
    }

    void run() throws RefusedException {
        Map<Long, Cell> was = ((ListState) inversion.sides().before().orCreate(path)).cells();
        Map<Long, Cell> became = ((ListState) inversion.sides().after().orCreate(path)).cells();
        for (Map.Entry<Long, Cell> each : was.entrySet()) {
            Cell left = became.get(each.getKey());
            if (left == null) {
                placeAgain(each.getKey(), each.getValue());
            } else if (!left.equals(each.getValue())) {
                change(each.getKey(), each.getValue(), left);
            }
        }
        for (Map.Entry<Long, Cell> each : became.entrySet()) {
            if (!was.containsKey(each.getKey())) {
                drop(each.getKey());
            }
        }
    }

    private boolean isTouched(long element) {
        return inversion.since().isTouched(path, element)
                || inversion.since().isTouched(path, log.newest(element));
    }

    private void placeAgain(long element, Cell was) throws RefusedException {
        if (isTouched(element) || list.cell(log.newest(element)) != null) {
            inversion.leave(path);
            return;
        }
        inversion.write(path);
        At at = transaction.at();
        Scalar value = LocalTransaction.checked(was.value());
        place(new Operation.PlaceCell(path, list.placeBehind(was.place(), at), value));
    }

    private void place(Operation operation) throws RefusedException {
        list.placed(operation, transaction.at());
        transaction.done(operation);
    }

    private void change(long element, Cell was, Cell became) throws RefusedException {
        long newest = log.newest(element);
        Cell now = list.cell(newest);
        if (isTouched(element) || now == null || !now.value().equals(became.value())) {
            inversion.leave(path);
            return;
        }
        inversion.write(path);
        At at = transaction.at();
        if (was.place() != became.place()) {
            Ref name = at.name(newest);
            place(new Operation.MoveCell(path, name, list.placeBehind(was.place(), at)));
        }
        if (!was.value().equals(became.value())) {
            transaction.perform(new Operation.Replace(path, at.name(newest), was.value()));
        }
    }

    private void drop(long element) throws RefusedException {
        long newest = log.newest(element);
        if (isTouched(element)) {
            inversion.leave(path);
        } else if (list.cell(newest) != null) {
            inversion.write(path);
            transaction.perform(new Operation.Drop(path, transaction.at().name(newest)));
        }
    }
}
