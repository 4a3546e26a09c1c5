package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations of a change, after the tables of what they name. */
final class OperationWriter {
    /** Operations come after tables that are complete only when all are written. */
    private final Writer behind = new Writer(64);

    private final UsedTables tables = new UsedTables();
    private Writer out = behind;
    private int number;

    void write(Writer change, int start, List<Operation> operations) {
        if (operations.size() == 1 && isWritten(change, start, operations.get(0))) {
            return;
        }
        out = behind;
        out.back(0);
        tables.restart();
        number = start;
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            write(operation);
            number += operation.length();
        }
        tables.write(change);
        change.uint(operations.size());
        change.bytes(out.array(), 0, out.length());
    }

    /** Writes the only operation of a change behind the tables of the last one, if they fit. */
    private boolean isWritten(Writer change, int start, Operation only) {
        if (!tables.isAgain(only.path())) {
            return false;
        }
        int from = change.length();
        tables.writeAgain(change);
        change.u8(1);
        out = change;
        number = start;
        write(only);
        if (tables.isAgain(only.path())) {
            return true;
        }
        change.back(from);
        return false;
    }

    static void shred(Writer out, Operation.Shred shred) {
        KeyId key = shred.key();
        Id proof = shred.proof();
        out.u8(proof == null ? 0 : 1);
        if (proof != null) {
            out.id(proof);
        } else if (key != null) {
            out.bytes(key.bytes());
        }
    }

    private void head(int action, Operation operation) {
        out.u8(action);
        out.uint(tables.object(operation.path()));
    }

    private void ref(Ref ref) {
        out.uint(tables.agent(ref));
        out.uint(ref.agent() == null ? number - 1 - ref.number() : ref.number());
    }

    private void maybe(@Nullable Ref ref) {
        out.u8(ref == null ? 0 : 1);
        if (ref != null) {
            ref(ref);
        }
    }

    private void origins(Operation.Origins origins) {
        maybe(origins.left());
        maybe(origins.right());
    }

    private void place(Operation.Place place) {
        maybe(place.parent());
        out.text(place.position());
    }

    private void write(Operation operation) {
        if (operation instanceof Operation.Insert insert) {
            head(12, operation);
            origins(insert.origins());
            out.text(insert.text());
        } else if (operation instanceof Operation.Delete delete) {
            head(13, operation);
            ref(delete.first());
            out.zigzag(delete.run());
        } else {
            writeValue(operation);
        }
    }

    private void writeValue(Operation operation) {
        if (operation instanceof Operation.Put) {
            head(1, operation);
        } else if (operation instanceof Operation.Clear) {
            head(2, operation);
        } else if (operation instanceof Operation.Set set) {
            head(3, operation);
            out.scalar(set.value());
        } else if (operation instanceof Operation.AddNumber add) {
            head(4, operation);
            out.zigzag(add.amount());
        } else if (operation instanceof Operation.Mint mint) {
            head(5, operation);
            out.uint(mint.amount());
        } else if (operation instanceof Operation.Spend spend) {
            head(6, operation);
            out.uint(spend.amount());
        } else if (operation instanceof Operation.Transfer transfer) {
            head(7, operation);
            out.id(transfer.to());
            out.uint(transfer.amount());
        } else if (operation instanceof Operation.Enable) {
            head(8, operation);
        } else if (operation instanceof Operation.Disable) {
            head(9, operation);
        } else if (operation instanceof Operation.Add add) {
            head(10, operation);
            out.scalar(add.value());
        } else if (operation instanceof Operation.Remove remove) {
            head(11, operation);
            out.scalar(remove.value());
        } else if (operation instanceof Operation.Note) {
            head(33, operation);
        } else if (operation instanceof Operation.Undo undo) {
            head(35, operation);
            ref(undo.change());
        } else if (operation instanceof Operation.Redo redo) {
            head(36, operation);
            ref(redo.change());
        } else if (operation instanceof Operation.Shred shred) {
            head(34, operation);
            shred(out, shred);
        } else if (operation instanceof Operation.SetRole role) {
            head(32, operation);
            out.id(role.agent());
            out.u8(role.role());
        } else {
            writeElement(operation);
        }
    }

    private void writeElement(Operation operation) {
        if (operation instanceof Operation.PlaceCell place) {
            head(14, operation);
            origins(place.origins());
            out.scalar(place.value());
        } else if (operation instanceof Operation.MoveCell move) {
            head(15, operation);
            ref(move.element());
            origins(move.origins());
        } else if (operation instanceof Operation.Replace replace) {
            head(16, operation);
            ref(replace.element());
            out.scalar(replace.value());
        } else if (operation instanceof Operation.Drop drop) {
            head(17, operation);
            ref(drop.element());
        } else if (operation instanceof Operation.Grow grow) {
            head(18, operation);
            place(grow.place());
            out.scalar(grow.label());
        } else if (operation instanceof Operation.Graft graft) {
            head(19, operation);
            ref(graft.node());
            place(graft.place());
        } else if (operation instanceof Operation.Label label) {
            head(20, operation);
            ref(label.node());
            out.scalar(label.label());
        } else if (operation instanceof Operation.Fell fell) {
            head(21, operation);
            ref(fell.node());
        } else {
            writeTask(operation);
        }
    }

    private void writeTask(Operation operation) {
        if (operation instanceof Operation.NewTask task) {
            head(22, operation);
            out.text(task.title());
            out.u8(task.exclusive() ? 1 : 0);
            out.id(task.arbiter());
        } else if (operation instanceof Operation.Claim claim) {
            head(23, operation);
            ref(claim.task());
            out.uint(claim.leaseSeconds());
        } else if (operation instanceof Operation.Renew renew) {
            head(24, operation);
            ref(renew.claim());
            out.uint(renew.leaseSeconds());
        } else if (operation instanceof Operation.Release release) {
            head(25, operation);
            ref(release.claim());
        } else if (operation instanceof Operation.Expire expire) {
            head(26, operation);
            ref(expire.claim());
        } else if (operation instanceof Operation.Finish finish) {
            head(27, operation);
            ref(finish.claim());
            out.scalar(finish.result());
        } else if (operation instanceof Operation.Cancel cancel) {
            head(28, operation);
            ref(cancel.task());
        } else if (operation instanceof Operation.Reopen reopen) {
            head(29, operation);
            ref(reopen.task());
        } else if (operation instanceof Operation.Grant grant) {
            head(30, operation);
            ref(grant.claim());
        } else if (operation instanceof Operation.Rename rename) {
            head(31, operation);
            ref(rename.task());
            out.text(rename.title());
        } else {
            throw new IllegalArgumentException("no encoding of " + operation);
        }
    }
}
