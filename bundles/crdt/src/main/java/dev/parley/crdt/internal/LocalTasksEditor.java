package dev.parley.crdt.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.TasksEditor;
import java.time.Duration;

/** Makes the operations of tasks; what is possible is checked as everybody checks it. */
final class LocalTasksEditor implements TasksEditor {
    /** An arbiter who has no say, in tasks that are not exclusive. */
    private static final Id NOBODY = Id.of(new byte[Id.BYTES]);

    private final LocalTransaction transaction;
    private final Path path;

    LocalTasksEditor(LocalTransaction transaction, Path path) {
        this.transaction = transaction;
        this.path = path;
    }

    private TasksState state() {
        return (TasksState) transaction.view().orCreate(path);
    }

    private Ref task(ElementId id) throws RefusedException {
        TaskState task = state().find(id);
        if (task == null) {
            throw new RefusedException(Code.NOT_FOUND, "there is no task " + id + " in " + path);
        }
        return transaction.at().name(task.dot);
    }

    private Ref claim(ElementId id) throws RefusedException {
        long dot = state().findClaim(id);
        if (dot == At.NOWHERE) {
            throw new RefusedException(Code.NOT_FOUND, "there is no claim " + id + " in " + path);
        }
        return transaction.at().name(dot);
    }

    private static String title(String title) throws RefusedException {
        int bytes = LocalTransaction.wellFormed(title);
        if (bytes < 1 || bytes > OperationReader.MAX_TITLE_BYTES) {
            throw new RefusedException(
                    Code.TOO_LARGE,
                    "a title of "
                            + bytes
                            + " bytes, expected 1 to "
                            + OperationReader.MAX_TITLE_BYTES);
        }
        return title;
    }

    private static int seconds(Duration lease) {
        if (lease.compareTo(Duration.ofSeconds(1)) < 0 || lease.compareTo(MAX_LEASE) > 0) {
            throw new IllegalArgumentException("a lease is 1 s to 30 d, found " + lease);
        }
        return (int) lease.toSeconds();
    }

    private ElementId made(Operation operation) throws RefusedException {
        long dot = transaction.at().dot();
        transaction.perform(operation);
        return transaction.at().graph().element(dot);
    }

    @Override
    public ElementId add(String title) throws RefusedException {
        return made(new Operation.NewTask(path, title(title), false, NOBODY));
    }

    @Override
    public ElementId addExclusive(String title, Id arbiter) throws RefusedException {
        return made(new Operation.NewTask(path, title(title), true, arbiter));
    }

    @Override
    public ElementId claim(ElementId task, Duration lease) throws RefusedException {
        return made(new Operation.Claim(path, task(task), seconds(lease)));
    }

    @Override
    public void renew(ElementId claim, Duration lease) throws RefusedException {
        transaction.perform(new Operation.Renew(path, claim(claim), seconds(lease)));
    }

    @Override
    public void release(ElementId claim) throws RefusedException {
        transaction.perform(new Operation.Release(path, claim(claim)));
    }

    @Override
    public void expire(ElementId claim) throws RefusedException {
        transaction.perform(new Operation.Expire(path, claim(claim)));
    }

    @Override
    public void finish(ElementId claim, Scalar result) throws RefusedException {
        transaction.perform(
                new Operation.Finish(path, claim(claim), LocalTransaction.checked(result)));
    }

    @Override
    public void cancel(ElementId task) throws RefusedException {
        transaction.perform(new Operation.Cancel(path, task(task)));
    }

    @Override
    public void reopen(ElementId task) throws RefusedException {
        transaction.perform(new Operation.Reopen(path, task(task)));
    }

    @Override
    public void grant(ElementId claim) throws RefusedException {
        transaction.perform(new Operation.Grant(path, claim(claim)));
    }

    @Override
    public void rename(ElementId task, String title) throws RefusedException {
        transaction.perform(new Operation.Rename(path, task(task), title(title)));
    }
}
