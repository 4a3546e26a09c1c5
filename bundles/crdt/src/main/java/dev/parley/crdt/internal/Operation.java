package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Scalar;
import org.jspecify.annotations.Nullable;

/** One row of a change ({@code docs/protocols/0010-crdt-changes.md}). */
public sealed interface Operation {
    Path path();

    /** How many operation numbers it uses. */
    default int length() {
        return 1;
    }

    /** Whether it is about the store itself and on no object; then all of its change are. */
    default boolean isPolicy() {
        return false;
    }

    /** An element, or nothing at the edge. */
    record Origins(@Nullable Ref left, @Nullable Ref right) {}

    /** Under which node of a tree, and where among its siblings. */
    record Place(@Nullable Ref parent, String position) {}

    record Put(Path path) implements Operation {}

    record Clear(Path path) implements Operation {}

    record Set(Path path, Scalar value) implements Operation {}

    record AddNumber(Path path, long amount) implements Operation {}

    record Mint(Path path, long amount) implements Operation {}

    record Spend(Path path, long amount) implements Operation {}

    record Transfer(Path path, Id to, long amount) implements Operation {}

    record Enable(Path path) implements Operation {}

    record Disable(Path path) implements Operation {}

    record Add(Path path, Scalar value) implements Operation {}

    record Remove(Path path, Scalar value) implements Operation {}

    record Insert(Path path, Origins origins, String text, int length) implements Operation {}

    /**
     * @param first the element that is deleted first
     * @param run how many, downward from the first if negative
     */
    record Delete(Path path, Ref first, int run) implements Operation {
        @Override
        public int length() {
            return Math.abs(run);
        }

        /** The lowest of the elements' numbers. */
        int lowest() {
            return run > 0 ? first.number() : first.number() + run + 1;
        }
    }

    record PlaceCell(Path path, Origins origins, Scalar value) implements Operation {}

    record MoveCell(Path path, Ref element, Origins origins) implements Operation {}

    record Replace(Path path, Ref element, Scalar value) implements Operation {}

    record Drop(Path path, Ref element) implements Operation {}

    record Grow(Path path, Place place, Scalar label) implements Operation {}

    record Graft(Path path, Ref node, Place place) implements Operation {}

    record Label(Path path, Ref node, Scalar label) implements Operation {}

    record Fell(Path path, Ref node) implements Operation {}

    record NewTask(Path path, String title, boolean exclusive, Id arbiter) implements Operation {}

    record Claim(Path path, Ref task, int leaseSeconds) implements Operation {}

    record Renew(Path path, Ref claim, int leaseSeconds) implements Operation {}

    record Release(Path path, Ref claim) implements Operation {}

    record Expire(Path path, Ref claim) implements Operation {}

    record Finish(Path path, Ref claim, Scalar result) implements Operation {}

    record Cancel(Path path, Ref task) implements Operation {}

    record Reopen(Path path, Ref task) implements Operation {}

    record Grant(Path path, Ref claim) implements Operation {}

    record Rename(Path path, Ref task, String title) implements Operation {}

    /** Nothing: the change says only what it builds on. */
    record Note(Path path) implements Operation {}

    /**
     * The change takes an earlier one of its author's line back; first in the change.
     *
     * @param change the first operation of that change
     */
    record Undo(Path path, Ref change) implements Operation {}

    /**
     * The change does again what an undo took back; first in the change.
     *
     * @param change the first operation of the change that was taken back
     */
    record Redo(Path path, Ref change) implements Operation {}

    /**
     * @param role the number of a {@link dev.parley.crdt.api.Role}
     */
    record SetRole(Path path, Id agent, int role) implements Operation {
        @Override
        public boolean isPolicy() {
            return true;
        }
    }

    /**
     * Either names a key, as an admin does, or has the proof that the author made it.
     *
     * @param key nothing if there is a proof
     * @param proof nothing if there is a key
     */
    record Shred(Path path, @Nullable KeyId key, @Nullable Id proof) implements Operation {
        @Override
        public boolean isPolicy() {
            return true;
        }
    }
}
