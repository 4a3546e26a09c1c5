package dev.parley.crdt.api;

/**
 * An element, node, task or claim: the change that made it, and which operation of it.
 *
 * <p>A change has an id only when it is complete. What a transaction makes is therefore named for
 * the time being, by a <i>pending</i> id, which this transaction takes wherever it takes an
 * element, and which its {@link Transaction#state} shows. Afterwards {@link #in} gives the name
 * that lasts. No other transaction takes it: it finds nothing there.
 *
 * <p>Code points whose change's id was left out of a snapshot are named by a later change of the
 * same author, from which they lie back. So one of them may have two names; others have one.
 *
 * @param offset how many operation numbers of the change come before; below 0, how far before the
 *     change's first one it is, on the way back to the author's earlier changes
 */
public record ElementId(Id change, int offset) {
    /** The root of every tree, which nobody made. */
    public static final ElementId ROOT = new ElementId(pending(0), 0);

    /** How many bytes are zero in the name of a change that has no id; 2^-224 of all hashes. */
    private static final int ZEROS = 28;

    /** The name of the n-th change that was begun; 0 is none. */
    public static Id pending(int number) {
        byte[] bytes = new byte[Id.BYTES];
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[Id.BYTES - 1 - i] = (byte) (number >>> 8 * i);
        }
        return Id.of(bytes);
    }

    /** Whether it is a name within a transaction only. */
    public boolean isPending() {
        byte[] bytes = change.bytes();
        for (int i = 0; i < ZEROS; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return !equals(ROOT);
    }

    /**
     * The name that lasts.
     *
     * @param written the change that the transaction became
     * @return itself if it is not pending
     */
    public ElementId in(SignedChange written) {
        return isPending() ? new ElementId(written.id(), offset) : this;
    }

    /** As text: the change in hex, a dot, the offset. */
    @Override
    public String toString() {
        return change.hex() + "." + offset;
    }

    /**
     * @throws IllegalArgumentException if it is not of that form
     */
    public static ElementId parse(String text) {
        int dot = text.indexOf('.');
        if (dot != 2 * Id.BYTES) {
            throw new IllegalArgumentException(
                    "an element is 64 hex digits, a dot and a number: " + text);
        }
        return new ElementId(
                Id.parse(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
    }
}
