package dev.parley.stores.api;

import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.TextCursor;
import dev.parley.crdt.api.TextEdit;
import dev.parley.crdt.api.TextEditor;
import dev.parley.crdt.api.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An edited text as what was changed in it, to be applied to the text as it is by then. Each change
 * is held at its place by cursors, which stay with their neighbours whatever others write
 * meanwhile. Of what was removed only that goes which was there when the editing began.
 */
public final class TextMerge {
    private static final TextCursor START = new TextCursor(Optional.empty(), true);

    private final Path path;
    private final List<Held> changes;

    private record Held(TextCursor start, TextCursor end, String removed, String inserted) {}

    private TextMerge(Path path, List<Held> changes) {
        this.path = path;
        this.changes = changes;
    }

    /**
     * @param before the state that the editing began with
     * @throws StoreException INVALID: no place
     */
    public static TextMerge of(State before, String place, String after) throws StoreException {
        Path path = Documents.path(place, ObjectType.TEXT);
        String text = before.text(path);
        List<Held> changes = new ArrayList<>();
        int grown = 0;
        for (TextEdit edit : TextDiff.between(text, after)) {
            int start = edit.position() - grown;
            int end = start + edit.removed();
            boolean removes = edit.removed() > 0;
            changes.add(
                    new Held(
                            text.isEmpty() ? START : before.cursor(path, start, !removes),
                            text.isEmpty() ? START : before.cursor(path, end, true),
                            slice(text, start, end),
                            edit.inserted()));
            grown += edit.inserted().codePointCount(0, edit.inserted().length()) - edit.removed();
        }
        return new TextMerge(path, List.copyOf(changes));
    }

    private static String slice(String text, int start, int end) {
        int from = text.offsetByCodePoints(0, start);
        return text.substring(from, text.offsetByCodePoints(from, end - start));
    }

    /** Whether nothing was changed. */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Applies the changes, the last one first, so that none moves the others. */
    public void on(Transaction transaction) throws RefusedException {
        TextEditor editor = transaction.text(path);
        for (int i = changes.size() - 1; i >= 0; i--) {
            Held change = changes.get(i);
            State now = transaction.state();
            int start = position(now, change.start());
            int end = Math.max(start, position(now, change.end()));
            if (!change.removed().isEmpty()) {
                remove(editor, start, slice(now.text(path), start, end), change.removed());
            }
            if (!change.inserted().isEmpty()) {
                editor.insert(start, change.inserted());
            }
        }
    }

    private int position(State now, TextCursor cursor) throws RefusedException {
        return cursor.equals(START) ? 0 : now.position(path, cursor);
    }

    /** Removes of the present text what was there before, from its end to its start. */
    private static void remove(TextEditor editor, int start, String present, String removed)
            throws RefusedException {
        List<TextEdit> others = TextDiff.between(removed, present);
        int at = present.codePointCount(0, present.length());
        for (int i = others.size() - 1; i >= 0; i--) {
            TextEdit other = others.get(i);
            int inserted = other.inserted().codePointCount(0, other.inserted().length());
            int kept = other.position() + inserted;
            if (at > kept) {
                editor.delete(start + kept, at - kept);
            }
            at = other.position();
        }
        if (at > 0) {
            editor.delete(start, at);
        }
    }
}
