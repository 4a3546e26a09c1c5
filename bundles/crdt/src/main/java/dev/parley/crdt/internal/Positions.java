package dev.parley.crdt.internal;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Positions among siblings: fractions between 0 and 1, written as the digits {@code 0-9A-Za-z}
 * after the point and compared as text. The last digit is not {@code 0}, so that between two
 * different ones there is always another ("fractional indexing", Greenspan 2020). Each step into
 * one gap makes them longer by less than a digit; when {@link #MAX_DIGITS} do not do, what stands
 * around is spread out anew.
 */
final class Positions {
    static final int MAX_DIGITS = 64;
    private static final String DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int BASE = DIGITS.length();

    /** Adding at an end counts on in steps of 62^-4, which leaves room for 7 million. */
    private static final int STEP_DIGITS = 4;

    /** What is spread out leaves room for so many between any two, before a digit is added. */
    private static final BigInteger ROOM = BigInteger.valueOf(BASE);

    private Positions() {}

    static boolean isValid(String position) {
        if (position.isEmpty() || position.length() > MAX_DIGITS || position.endsWith("0")) {
            return false;
        }
        for (int i = 0; i < position.length(); i++) {
            if (digit(position.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private static int digit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'A' && c <= 'Z') {
            return c - 'A' + 10;
        }
        return c >= 'a' && c <= 'z' ? c - 'a' + 36 : -1;
    }

    /**
     * A short one in between.
     *
     * @param low null for the start
     * @param high null for the end
     * @return nothing if they are equal or it would be too long
     */
    static Optional<String> between(@Nullable String low, @Nullable String high) {
        if (low != null && high != null && low.compareTo(high) >= 0) {
            return Optional.empty();
        }
        String between = null;
        if (low != null && high == null) {
            between = after(low);
        } else if (low == null && high != null) {
            between = before(high);
        }
        if (between == null) {
            StringBuilder out = new StringBuilder();
            middle(low == null ? "" : low, high, out);
            between = out.toString();
        }
        return between.length() <= MAX_DIGITS ? Optional.of(between) : Optional.empty();
    }

    private static @Nullable String after(String low) {
        BigInteger next = truncated(low, STEP_DIGITS).add(BigInteger.ONE);
        boolean room = next.compareTo(ROOM.pow(STEP_DIGITS)) < 0;
        return room ? text(next, STEP_DIGITS) : null;
    }

    private static @Nullable String before(String high) {
        BigInteger last = truncated(high, STEP_DIGITS);
        BigInteger next = high.length() > STEP_DIGITS ? last : last.subtract(BigInteger.ONE);
        return next.signum() > 0 ? text(next, STEP_DIGITS) : null;
    }

    private static void middle(String low, @Nullable String high, StringBuilder out) {
        String above = high;
        int at = 0;
        while (true) {
            int a = at < low.length() ? digit(low.charAt(at)) : 0;
            int b = above != null ? digit(above.charAt(at)) : BASE;
            if (a == b) {
                out.append(DIGITS.charAt(a));
            } else if (b - a > 1) {
                out.append(DIGITS.charAt((a + b + 1) / 2));
                return;
            } else if (above != null && above.length() > at + 1) {
                out.append(DIGITS.charAt(b));
                return;
            } else {
                out.append(DIGITS.charAt(a));
                above = null;
            }
            at++;
        }
    }

    /**
     * Several in between, in order and as far from each other as they can be.
     *
     * @return nothing if there is no room
     */
    static Optional<List<String>> spread(@Nullable String low, @Nullable String high, int count) {
        BigInteger parts = BigInteger.valueOf(count + 1L);
        for (int digits = 1; digits < MAX_DIGITS; digits++) {
            BigInteger from = low == null ? BigInteger.ZERO : truncated(low, digits);
            BigInteger to = high == null ? ROOM.pow(digits) : truncated(high, digits);
            BigInteger step = to.subtract(from).divide(parts);
            if (step.compareTo(ROOM) > 0) {
                List<String> spread = new ArrayList<>(count);
                for (int i = 1; i <= count; i++) {
                    spread.add(text(from.add(step.multiply(BigInteger.valueOf(i))), digits));
                }
                return Optional.of(spread);
            }
        }
        return Optional.empty();
    }

    private static BigInteger truncated(String position, int digits) {
        BigInteger value = BigInteger.ZERO;
        for (int i = 0; i < digits; i++) {
            int digit = i < position.length() ? digit(position.charAt(i)) : 0;
            value = value.multiply(ROOM).add(BigInteger.valueOf(digit));
        }
        return value;
    }

    private static String text(BigInteger value, int digits) {
        StringBuilder out = new StringBuilder();
        BigInteger rest = value;
        for (int i = 0; i < digits; i++) {
            BigInteger[] split = rest.divideAndRemainder(ROOM);
            int digit = split[1].intValue();
            if (digit > 0 || out.length() > 0) {
                out.append(DIGITS.charAt(digit));
            }
            rest = split[0];
        }
        return out.reverse().toString();
    }
}
