package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.Task;
import dev.parley.crdt.internal.Oracle.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tasks that a set of operations makes, as {@code 0010-crdt-changes}, Tasks, says. */
final class OracleTasks {
    private final Oracle oracle;
    private final List<Op> ops;
    private final OracleState state;

    OracleTasks(Oracle oracle, OracleState state, List<Op> ops) {
        this.oracle = oracle;
        this.state = state;
        this.ops = ops;
    }

    /** The claim or task that an operation is about; null if it is about none. */
    static @Nullable Ref named(Operation it) {
        if (it instanceof Operation.Claim op) {
            return op.task();
        } else if (it instanceof Operation.Renew op) {
            return op.claim();
        } else if (it instanceof Operation.Release op) {
            return op.claim();
        } else if (it instanceof Operation.Expire op) {
            return op.claim();
        } else if (it instanceof Operation.Finish op) {
            return op.claim();
        } else if (it instanceof Operation.Cancel op) {
            return op.task();
        } else if (it instanceof Operation.Reopen op) {
            return op.task();
        } else if (it instanceof Operation.Grant op) {
            return op.claim();
        }
        return it instanceof Operation.Rename op ? op.task() : null;
    }

    static boolean isOnClaim(Operation it) {
        return it instanceof Operation.Renew
                || it instanceof Operation.Release
                || it instanceof Operation.Expire
                || it instanceof Operation.Finish
                || it instanceof Operation.Grant;
    }

    @SafeVarargs
    private List<Op> on(Op target, Class<? extends Operation>... kinds) {
        List<Op> on = new ArrayList<>();
        for (Op op : ops) {
            Ref named = named(op.operation());
            for (Class<? extends Operation> kind : kinds) {
                if (named != null
                        && kind.isInstance(op.operation())
                        && target.equals(oracle.find(op, named, named.number()))) {
                    on.add(op);
                }
            }
        }
        return on;
    }

    List<Op> claims(Op task) {
        return on(task, Operation.Claim.class);
    }

    private Op task(Op claim) {
        Ref ref = ((Operation.Claim) claim.operation()).task();
        Op task = oracle.find(claim, ref, ref.number());
        if (task == null) {
            throw new IllegalStateException("a claim of nothing");
        }
        return task;
    }

    boolean contends(Op claim) {
        return on(claim, Operation.Release.class, Operation.Expire.class).isEmpty()
                && on(task(claim), Operation.Cancel.class, Operation.Reopen.class).stream()
                        .noneMatch(it -> it.knows(claim));
    }

    boolean isFinished(Op claim) {
        return !on(claim, Operation.Finish.class).isEmpty();
    }

    boolean isGranted(Op claim) {
        return !on(claim, Operation.Grant.class).isEmpty();
    }

    boolean isLive(Op claim) {
        return contends(claim) && !isFinished(claim);
    }

    long leaseEnd(Op claim) {
        long end = claim.millis() + 1000L * ((Operation.Claim) claim.operation()).leaseSeconds();
        for (Op renew : on(claim, Operation.Renew.class)) {
            end =
                    Math.max(
                            end,
                            renew.millis()
                                    + 1000L * ((Operation.Renew) renew.operation()).leaseSeconds());
        }
        return end;
    }

    private static Id ticket(Op task, Op claim) {
        Writer drawn = new Writer(80);
        drawn.id(task.made().id);
        drawn.u32(task.number());
        drawn.id(claim.author());
        return Sha256.of(drawn.toByteArray());
    }

    private static int draw(Op task, Op a, Op b) {
        int byTicket = ticket(task, a).compareTo(ticket(task, b));
        int byChange = byTicket != 0 ? byTicket : a.made().id.compareTo(b.made().id);
        return byChange != 0 ? byChange : Integer.compare(a.number(), b.number());
    }

    private Optional<Op> holder(Op task) {
        boolean exclusive = ((Operation.NewTask) task.operation()).exclusive();
        return claims(task).stream()
                .filter(it -> contends(it) && (!exclusive || isGranted(it)))
                .min((a, b) -> draw(task, a, b));
    }

    Task.Status status(Op task) {
        List<Op> reopens = on(task, Operation.Reopen.class);
        boolean cancelled =
                on(task, Operation.Cancel.class).stream()
                        .anyMatch(it -> reopens.stream().noneMatch(after -> after.knows(it)));
        if (cancelled) {
            return Task.Status.CANCELLED;
        }
        return holder(task)
                .map(it -> isFinished(it) ? Task.Status.DONE : Task.Status.CLAIMED)
                .orElse(Task.Status.OPEN);
    }

    /** Those that are shown, in order. */
    List<Task> shown() {
        return ops.stream()
                .filter(it -> it.operation() instanceof Operation.NewTask && !state.isCleared(it))
                .sorted(Oracle::later)
                .map(this::shown)
                .toList();
    }

    private Task shown(Op task) {
        Operation.NewTask made = (Operation.NewTask) task.operation();
        String title =
                on(task, Operation.Rename.class).stream()
                        .max(Oracle::later)
                        .filter(it -> Oracle.later(it, task) > 0)
                        .map(it -> ((Operation.Rename) it.operation()).title())
                        .orElse(made.title());
        Task.Status status = status(task);
        Optional<Op> holder = status == Task.Status.CANCELLED ? Optional.empty() : holder(task);
        List<Op> drawn = claims(task).stream().sorted((a, b) -> draw(task, a, b)).toList();
        List<Task.Claim> contenders = new ArrayList<>();
        holder.ifPresent(it -> contenders.add(claim(it)));
        List<Task.Result> results = new ArrayList<>();
        List<Task.Result> duplicates = new ArrayList<>();
        for (Op claim : drawn) {
            boolean holds = holder.isPresent() && holder.get().equals(claim);
            if (!holds && status != Task.Status.CANCELLED && contends(claim)) {
                contenders.add(claim(claim));
            }
            for (Op finish :
                    on(claim, Operation.Finish.class).stream().sorted(Oracle::later).toList()) {
                Scalar value = state.shown(((Operation.Finish) finish.operation()).result());
                (holds ? results : duplicates)
                        .add(new Task.Result(finish.name(), claim.name(), claim.author(), value));
            }
        }
        return new Task(
                task.name(),
                title,
                task.author(),
                made.exclusive(),
                made.arbiter(),
                status,
                holder.map(this::claim),
                contenders,
                results,
                duplicates);
    }

    private Task.Claim claim(Op claim) {
        return new Task.Claim(
                claim.name(),
                claim.author(),
                claim.made().id,
                leaseEnd(claim),
                isGranted(claim),
                isFinished(claim));
    }
}
