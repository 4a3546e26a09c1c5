package dev.parley.crdt.api;

import java.util.Arrays;
import java.util.HexFormat;

/** A value without parts. */
public sealed interface Scalar {
    int MAX_BYTES = 262_144;

    Scalar NULL = new Null();

    static Scalar of(String text) {
        return new Text(text);
    }

    static Scalar of(long number) {
        return new Int(number);
    }

    static Scalar of(boolean value) {
        return new Bool(value);
    }

    record Null() implements Scalar {}

    record Bool(boolean value) implements Scalar {}

    record Int(long value) implements Scalar {}

    /** Compared by its bits, so that every value equals itself. */
    record Real(double value) implements Scalar {
        @Override
        public boolean equals(Object other) {
            return other instanceof Real real
                    && Double.doubleToLongBits(value) == Double.doubleToLongBits(real.value);
        }

        @Override
        public int hashCode() {
            return Double.hashCode(value);
        }
    }

    record Text(String value) implements Scalar {}

    /** Bytes; not to be changed by who gave or got them. */
    record Bytes(byte[] value) implements Scalar {
        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(value);
        }

        @Override
        public String toString() {
            return "Bytes[" + HexFormat.of().formatHex(value) + "]";
        }
    }
}
