package dev.parley.crdt.api;

import java.time.Duration;

/**
 * Makes tasks and carries them on, within a transaction. A transaction does one thing to a task; a
 * second one is refused with {@code WRONG_STATE}.
 *
 * <p>Each fails with {@code NOT_FOUND} if there is no such task or claim, with {@code WRONG_STATE}
 * if it is not possible now, and with {@code NOT_ALLOWED} if it is not the author's to do.
 */
public interface TasksEditor {
    Duration MAX_LEASE = Duration.ofDays(30);

    /**
     * @return the new task
     */
    ElementId add(String title) throws RefusedException;

    /** A task whose claims count when {@code arbiter} grants them. */
    ElementId addExclusive(String title, Id arbiter) throws RefusedException;

    /**
     * @param lease in whole seconds, at least one
     * @return the new claim; whether it is the holder's is known when others know of it
     */
    ElementId claim(ElementId task, Duration lease) throws RefusedException;

    /** Makes the lease of one's own claim end later; it never ends earlier. */
    void renew(ElementId claim, Duration lease) throws RefusedException;

    /** Gives one's own claim back. */
    void release(ElementId claim) throws RefusedException;

    /** Says that the lease of a claim, anybody's, has run out. */
    void expire(ElementId claim) throws RefusedException;

    /** Gives the result; if somebody else turns out to be the holder, it is kept as a duplicate. */
    void finish(ElementId claim, Scalar result) throws RefusedException;

    /** Only who made the task, or an admin. */
    void cancel(ElementId task) throws RefusedException;

    /** Begins a new round of a task that is done or cancelled; only who made it, or an admin. */
    void reopen(ElementId task) throws RefusedException;

    /** Only the arbiter. */
    void grant(ElementId claim) throws RefusedException;

    /** Only who made the task, or an admin. */
    void rename(ElementId task, String title) throws RefusedException;
}
