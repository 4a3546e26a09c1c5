package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.SignedChange;
import org.jspecify.annotations.Nullable;

/** Writes changes, one after the other with the same buffers. */
final class ChangeWriter {
    private static final int MAX_KEPT_BYTES = 1 << 16;

    private static final int HEAD_BYTES = 1 + 2 * Id.BYTES;

    /** Whose change was written last, of which the head still stands there. */
    private @Nullable Id store;

    private @Nullable Id author;
    private Writer out = new Writer(256);
    private OperationWriter operations = new OperationWriter();

    /**
     * @throws IllegalArgumentException if the change is too large
     */
    byte[] write(Change change) {
        if (change.store() == store && change.author() == author) {
            out.back(HEAD_BYTES);
        } else {
            out.back(0);
            out.u8(ChangeCodec.VERSION);
            out.id(change.store());
            out.id(change.author());
            store = change.store();
            author = change.author();
        }
        out.uint(change.seq());
        Id prev = change.prev();
        if (prev != null) {
            out.id(prev);
        }
        out.uint(change.start());
        out.uint(change.dependencies().size());
        for (Id dependency : change.dependencies()) {
            out.id(dependency);
        }
        out.u64(change.time());
        out.text(change.branch());
        out.text(change.message());
        operations.write(out, change.start(), change.operations());
        int length = out.length();
        byte[] body = length > SignedChange.MAX_BODY_BYTES ? null : out.toByteArray();
        if (length > MAX_KEPT_BYTES) {
            out = new Writer(256);
            store = null;
            operations = new OperationWriter();
        }
        if (body == null) {
            throw new IllegalArgumentException("a change of " + length + " bytes");
        }
        return body;
    }
}
