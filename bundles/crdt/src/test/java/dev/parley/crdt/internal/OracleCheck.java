package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Task;
import dev.parley.crdt.internal.Oracle.Dot;
import dev.parley.crdt.internal.Oracle.Made;
import dev.parley.crdt.internal.Oracle.Op;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules 3 to 8 of {@code 0010-crdt-changes} for one change. */
final class OracleCheck {
    private record Share(Path path, Id owner, boolean minted) {}

    private final Oracle oracle;
    private final Made made;
    private final OracleState past;
    private final Map<Share, Long> amounts = new HashMap<>();
    private final Set<Op> tasks = new HashSet<>();

    OracleCheck(Oracle oracle, Made made) {
        this.oracle = oracle;
        this.made = made;
        this.past = new OracleState(oracle, made.past);
    }

    boolean isPossible() {
        for (Op op : made.ops) {
            if (oracle.info.appendOnly() && !onlyGrows(op.operation()) || !isPossible(op)) {
                return false;
            }
        }
        return true;
    }

    private boolean onlyGrows(Operation operation) {
        if (operation instanceof Operation.Set) {
            return past.ops(operation.path(), Operation.Set.class).isEmpty();
        }
        return !(operation instanceof Operation.Disable
                || operation instanceof Operation.Remove
                || operation instanceof Operation.Delete
                || operation instanceof Operation.MoveCell
                || operation instanceof Operation.Replace
                || operation instanceof Operation.Drop
                || operation instanceof Operation.Graft
                || operation instanceof Operation.Label
                || operation instanceof Operation.Fell
                || operation instanceof Operation.Rename
                || operation instanceof Operation.Clear);
    }

    private boolean isPossible(Op op) {
        Operation it = op.operation();
        if (it instanceof Operation.Insert insert) {
            return originsFit(op, insert.origins());
        }
        if (it instanceof Operation.Delete delete) {
            for (int i = 0; i < delete.length(); i++) {
                Op found = oracle.find(op, delete.first(), delete.lowest() + i);
                if (found == null || !(found.operation() instanceof Operation.Insert)) {
                    return false;
                }
            }
            return true;
        }
        if (it instanceof Operation.PlaceCell place) {
            return originsFit(op, place.origins());
        }
        if (it instanceof Operation.MoveCell move) {
            return names(op, move.element(), Operation.PlaceCell.class)
                    && originsFit(op, move.origins());
        }
        if (it instanceof Operation.Replace replace) {
            return names(op, replace.element(), Operation.PlaceCell.class);
        }
        if (it instanceof Operation.Drop drop) {
            return names(op, drop.element(), Operation.PlaceCell.class);
        }
        if (it instanceof Operation.Grow grow) {
            return parentFits(op, grow.place());
        }
        if (it instanceof Operation.Graft graft) {
            return names(op, graft.node(), Operation.Grow.class) && parentFits(op, graft.place());
        }
        if (it instanceof Operation.Label label) {
            return names(op, label.node(), Operation.Grow.class);
        }
        if (it instanceof Operation.Fell fell) {
            return names(op, fell.node(), Operation.Grow.class);
        }
        if (it instanceof Operation.Undo undo) {
            return isOwnChange(op, undo.change());
        }
        if (it instanceof Operation.Redo redo) {
            return isOwnChange(op, redo.change());
        }
        return isAmountThere(op) && isTaskPossible(op);
    }

    private boolean names(Op op, Ref ref, Class<? extends Operation> kind) {
        Op found = oracle.find(op, ref, ref.number());
        return found != null && kind.isInstance(found.operation());
    }

    private boolean isOwnChange(Op op, Ref ref) {
        if (op.number() != made.start || ref.agent() != null) {
            return false;
        }
        for (Made at = made.prev; at != null; at = at.prev) {
            if (at.start == ref.number()) {
                return !at.isVoid;
            }
        }
        return false;
    }

    private boolean parentFits(Op op, Operation.Place place) {
        return place.parent() == null || names(op, place.parent(), Operation.Grow.class);
    }

    private boolean originsFit(Op op, Operation.Origins origins) {
        Ref left = origins.left();
        Ref right = origins.right();
        if (left != null && !Oracle.isElement(oracle.find(op, left, left.number()))
                || right != null && !Oracle.isElement(oracle.find(op, right, right.number()))) {
            return false;
        }
        if (left == null || right == null) {
            return true;
        }
        Dot first = oracle.resolve(made, op.number(), left, left.number());
        Dot second = oracle.resolve(made, op.number(), right, right.number());
        if (first == null || second == null || first.made() == made || second.made() == made) {
            return true;
        }
        List<Dot> order = past.order(op.operation().path());
        return order.indexOf(first) < order.indexOf(second);
    }

    // ---- escrow counters ----

    private long add(Share share, long amount) {
        return amounts.merge(share, amount, Long::sum);
    }

    private boolean isAmountThere(Op op) {
        Operation it = op.operation();
        Path path = it.path();
        Share own = new Share(path, op.author(), false);
        long has = past.share(path, op.author()) + add(own, 0);
        if (it instanceof Operation.Mint mint) {
            Share minted = new Share(path, op.author(), true);
            long before = past.minted(path, op.author()) + add(minted, 0);
            if (mint.amount() > Oracle.MAX_MINTED - before) {
                return false;
            }
            add(own, mint.amount());
            add(minted, mint.amount());
        } else if (it instanceof Operation.Spend spend) {
            add(own, -spend.amount());
            return spend.amount() <= has;
        } else if (it instanceof Operation.Transfer transfer) {
            add(own, -transfer.amount());
            add(new Share(path, transfer.to(), false), transfer.amount());
            return transfer.amount() <= has;
        }
        return true;
    }

    // ---- tasks ----

    private boolean isTaskPossible(Op op) {
        Operation it = op.operation();
        if (it instanceof Operation.NewTask) {
            tasks.add(op);
            return true;
        }
        Ref named = OracleTasks.named(it);
        if (named == null) {
            return true;
        }
        Op found = oracle.find(op, named, named.number());
        boolean onClaim = OracleTasks.isOnClaim(it);
        if (found == null
                || !(onClaim
                        ? found.operation() instanceof Operation.Claim
                        : found.operation() instanceof Operation.NewTask)) {
            return false;
        }
        Op task = onClaim ? taskOf(found) : found;
        if (task == null || !tasks.add(task)) {
            return false;
        }
        OracleTasks known = past.tasks(it.path());
        return onClaim ? isPossible(op, known, task, found) : isPossible(op, known, task);
    }

    private @Nullable Op taskOf(Op claim) {
        Ref task = ((Operation.Claim) claim.operation()).task();
        return oracle.find(claim, task, task.number());
    }

    private boolean isPossible(Op op, OracleTasks known, Op task, Op claim) {
        Operation.NewTask made = (Operation.NewTask) task.operation();
        if (!known.isLive(claim)) {
            return false;
        }
        if (op.operation() instanceof Operation.Expire) {
            return op.millis() > known.leaseEnd(claim);
        }
        if (op.operation() instanceof Operation.Grant) {
            return made.exclusive()
                    && made.arbiter().equals(op.author())
                    && known.claims(task).stream()
                            .noneMatch(it -> known.contends(it) && known.isGranted(it));
        }
        return claim.author().equals(op.author());
    }

    private boolean isPossible(Op op, OracleTasks known, Op task) {
        Task.Status status = known.status(task);
        boolean isOver = status == Task.Status.DONE || status == Task.Status.CANCELLED;
        if (op.operation() instanceof Operation.Claim) {
            return !isOver && known.claims(task).stream().noneMatch(known::isLive);
        }
        boolean may =
                task.author().equals(op.author())
                        || oracle.role(op.author(), made.past) == Role.ADMIN;
        return may
                && (op.operation() instanceof Operation.Rename
                        || isOver == op.operation() instanceof Operation.Reopen);
    }
}
