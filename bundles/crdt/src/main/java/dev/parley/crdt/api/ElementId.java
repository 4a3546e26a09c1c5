package dev.parley.crdt.api;

/**
 * An element, node, task or claim: the change that made it, and which operation of it.
 *
 * @param offset how many operation numbers of the change come before
 */
public record ElementId(Id change, int offset) {
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
