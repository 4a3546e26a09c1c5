package dev.parley.crdt.internal;

import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.RefusedException.Code;

/** Takes back what a change did to tasks, where there is a transition for it. */
final class TaskInversion {
    private final Inversion inversion;
    private final Path path;
    private final LocalTransaction transaction;
    private final TasksState tasks;

    TaskInversion(Inversion inversion, Path path) {
        this.inversion = inversion;
        this.path = path;
        this.transaction = inversion.transaction();
        this.tasks = (TasksState) transaction.view().orCreate(path);
    }

    /**
     * @return why it cannot be taken back, empty if it perhaps can
     */
    static String refusal(Operation operation) {
        if (operation instanceof Operation.Finish) {
            return "a task that is done is not undone: reopen it";
        }
        if (operation instanceof Operation.Renew) {
            return "a lease is not made shorter: release the claim";
        }
        if (operation instanceof Operation.Expire) {
            return "a claim that has run out does not come back: claim the task";
        }
        return operation instanceof Operation.Grant
                ? "what was granted is not taken back: cancel the task, or reopen it later"
                : "";
    }

    void run() throws RefusedException {
        At at = new At(inversion.of().integration().graph(), inversion.of().number());
        for (Operation operation : inversion.of().change().operations()) {
            if (operation.path().equals(path) && !(operation instanceof Operation.Clear)) {
                invert(operation, at);
            }
            at.advance(operation.length());
        }
    }

    private void invert(Operation operation, At made) throws RefusedException {
        long task = tasks.about(operation, made);
        if (task == At.NOWHERE || inversion.since().isTouched(path, task)) {
            throw new RefusedException(
                    Code.WRONG_STATE, "somebody went on with the task at " + path + " since");
        }
        inversion.write(path);
        At at = transaction.at();
        Ref name = at.name(task);
        if (operation instanceof Operation.NewTask || operation instanceof Operation.Reopen) {
            transaction.perform(new Operation.Cancel(path, name));
        } else if (operation instanceof Operation.Cancel) {
            transaction.perform(new Operation.Reopen(path, name));
        } else if (operation instanceof Operation.Claim) {
            long claim = tasks.liveClaim(task, at.author());
            if (claim == At.NOWHERE) {
                throw new RefusedException(
                        Code.WRONG_STATE, "the claim is finished, given up or run out");
            }
            transaction.perform(new Operation.Release(path, at.name(claim)));
        } else if (operation instanceof Operation.Release release) {
            transaction.perform(new Operation.Claim(path, name, seconds(release, made)));
        } else if (operation instanceof Operation.Rename) {
            String title = ((TasksState) inversion.sides().before().orCreate(path)).title(task);
            transaction.perform(new Operation.Rename(path, name, title));
        }
    }

    /** For how long the claim was that was released. */
    private int seconds(Operation.Release release, At made) throws RefusedException {
        Operation claim =
                inversion.of().integration().rereading().operation(made.resolve(release.claim()));
        if (claim instanceof Operation.Claim found) {
            return found.leaseSeconds();
        }
        throw new RefusedException(Code.NOT_FOUND, "the claim was given up below a checkpoint");
    }
}
