package dev.parley.crdt.internal;

import dev.parley.crdt.api.Path;
import dev.parley.crdt.internal.sequence.Cursor;
import dev.parley.crdt.internal.sequence.Origins;
import dev.parley.crdt.internal.sequence.Sequence;
import dev.parley.crdt.internal.sequence.VisibleChanges;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Texts as the changes of a history file make them, in the order of the file. Writer and reader
 * keep the same ones, so that an edit can be written as where it is, seen from where its author
 * was, instead of the elements it names: a position is small, and mostly the expected one. It knows
 * nothing of validity: what names elements that are not here is left out, by both alike.
 */
final class HistoryTexts {
    /** No element: the edge of the text. */
    static final long EDGE = -1;

    /** An element that is not named by an author without a fork. */
    static final long ELSEWHERE = -2;

    private final Map<Path, Text> texts = new HashMap<>();
    private Path lastPath = Path.ROOT;
    private @Nullable Text last;

    Text of(Path path) {
        if (last == null || path != lastPath && !path.equals(lastPath)) {
            last = texts.computeIfAbsent(path, it -> new Text());
        }
        lastPath = path;
        return last;
    }

    /** One text. Authors are numbers of the file's table. */
    static final class Text {
        private final Sequence sequence =
                Sequence.ofText(
                        (a, s, b, t) -> a != b ? Integer.compare(a, b) : Integer.compare(s, t));
        private @Nullable Cursor[] cursors = new Cursor[4];

        int length() {
            return sequence.length();
        }

        /** Where the author was. */
        int cursor(int author) {
            Cursor cursor = author < cursors.length ? cursors[author] : null;
            return cursor == null ? 0 : sequence.resolve(cursor);
        }

        private void moveTo(int author, Cursor cursor) {
            if (author >= cursors.length) {
                cursors = Arrays.copyOf(cursors, Math.max(author + 1, cursors.length * 2));
            }
            cursors[author] = cursor;
        }

        private boolean has(long dot) {
            return dot >= 0 && sequence.contains(At.agent(dot), At.number(dot));
        }

        /** The position of a visible element, or -1. */
        int position(long dot) {
            return has(dot) && sequence.isVisible(At.agent(dot), At.number(dot))
                    ? sequence.positionOf(At.agent(dot), At.number(dot))
                    : -1;
        }

        /** The position directly behind an element, or -1 if it is not visible. */
        int behind(long dot) {
            if (dot == EDGE) {
                return 0;
            }
            int position = position(dot);
            return position < 0 ? -1 : position + 1;
        }

        long elementAt(int position) {
            Cursor at = sequence.idAt(position);
            return At.dot(at.agent(), at.seq());
        }

        /** What directly follows a position's element on the left, visible or not. */
        long follower(int position) {
            Origins origins = sequence.originsAt(position);
            return dot(origins.rightAgent(), origins.rightSeq());
        }

        /** The right origin with which an element came. */
        long rightOf(long dot) {
            Cursor right = sequence.rightOriginOf(At.agent(dot), At.number(dot));
            return dot(right.agent(), right.seq());
        }

        private static long dot(int agent, int number) {
            return agent == Sequence.NONE ? EDGE : At.dot(agent, number);
        }

        void insert(int author, int number, int length, String text, long left, long right) {
            boolean known = (left == EDGE || has(left)) && (right == EDGE || has(right));
            if (!known
                    || left != EDGE
                            && right != EDGE
                            && !sequence.isBefore(
                                    At.agent(left),
                                    At.number(left),
                                    At.agent(right),
                                    At.number(right))) {
                return;
            }
            sequence.integrateInsert(
                    author,
                    number,
                    left == EDGE ? Sequence.NONE : At.agent(left),
                    left == EDGE ? 0 : At.number(left),
                    right == EDGE ? Sequence.NONE : At.agent(right),
                    right == EDGE ? 0 : At.number(right),
                    text,
                    VisibleChanges.NONE);
            moveTo(author, new Cursor(author, number + length - 1, true));
        }

        /** Deletes elements of one author, downward from the first if the run is negative. */
        void delete(int author, int number, long first, int run) {
            if (first < 0) {
                return;
            }
            int count = Math.abs(run);
            int low = run > 0 ? At.number(first) : At.number(first) + run + 1;
            if (low < 0 || !sequence.containsAll(At.agent(first), low, count)) {
                return;
            }
            sequence.integrateDelete(
                    author,
                    number,
                    At.agent(first),
                    At.number(first),
                    count,
                    run < 0,
                    VisibleChanges.NONE);
            moveTo(author, new Cursor(At.agent(first), At.number(first), false));
        }
    }
}
