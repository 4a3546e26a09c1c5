package dev.parley.crdt.internal.sequence;

/** What a text accepts, and how long it is: whole code points, never half a surrogate pair. */
public final class CodePoints {
    private CodePoints() {}

    /** Whether every surrogate has its partner, high before low. */
    public static boolean isWellFormed(CharSequence text) {
        return count(text) >= 0;
    }

    /** The number of code points, or -1 if a surrogate stands alone. */
    public static int count(CharSequence text) {
        int length = text.length();
        int pairs = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || ++i == length
                        || !Character.isLowSurrogate(text.charAt(i))) {
                    return -1;
                }
                pairs++;
            }
        }
        return length - pairs;
    }
}
