package dev.parley.mls.api;

import java.util.Optional;

/** What a message was. Nothing but {@link Application} has changed anything. */
public sealed interface Received {
    /** Its key is gone: the same message gives {@link Refused} with {@code KEY_USED} next time. */
    record Application(
            Member sender, long epoch, long generation, byte[] authenticatedData, byte[] content)
            implements Received {}

    /**
     * @param next the state with the proposal queued
     * @param sender empty for external senders and for one who wishes to join
     */
    record Proposal(GroupState next, byte[] reference, Optional<Member> sender, Change change)
            implements Received {}

    record Commit(StagedCommit staged) implements Received {}

    /** A commit removes this member: there is no next state. */
    record Evicted(Member committer, byte[] hash) implements Received {}

    /** Of an earlier epoch; a state of it, if kept, can read it. */
    record Stale(long epoch) implements Received {}

    /** Of a later epoch: a commit is missing. */
    record Future(long epoch) implements Received {}

    record OtherGroup(byte[] groupId) implements Received {}

    /**
     * One's own message that came back. A public proposal of one's own that the state does not
     * know, because it was restored from before it, is a {@link Proposal} instead, but for an
     * update.
     */
    record Own() implements Received {}

    /** Breaks a rule; {@code MALFORMED} when the bytes do. */
    record Refused(MlsException.Reason reason, String message) implements Received {}
}
