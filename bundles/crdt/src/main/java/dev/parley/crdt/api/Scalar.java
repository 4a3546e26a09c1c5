package dev.parley.crdt.api;

import dev.parley.crdt.internal.Sha256;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A value without parts. Those of one kind can be compared, so that hash tables stay quick if
 * somebody chooses values with one hash.
 */
public sealed interface Scalar {
    int MAX_BYTES = 262_144;

    /** Of a sealed value's content: nonce, the value's encoding and tag. */
    int MIN_SEALED_BYTES = 29;

    int MAX_SEALED_BYTES = MAX_BYTES + 32;

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

    record Int(long value) implements Scalar, Comparable<Int> {
        @Override
        public int compareTo(Int other) {
            return Long.compare(value, other.value);
        }
    }

    /** Compared by its bits, so that every value equals itself. */
    record Real(double value) implements Scalar, Comparable<Real> {
        @Override
        public int compareTo(Real other) {
            return Double.compare(value, other.value);
        }

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

    record Text(String value) implements Scalar, Comparable<Text> {
        @Override
        public int compareTo(Text other) {
            return value.compareTo(other.value);
        }
    }

    /**
     * A value that only who has the key can read. Where it is shown, the key is not here. Two with
     * one content are one.
     *
     * @param digest SHA-256 of the content
     * @param content not to be changed by who gave or got it; empty if it was left out, because the
     *     key is shredded
     */
    record Sealed(KeyId key, Id digest, byte[] content) implements Scalar, Comparable<Sealed> {
        public static Sealed of(KeyId key, byte[] content) {
            return new Sealed(key, Sha256.of(content), content);
        }

        public boolean isLeftOut() {
            return content.length == 0;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Sealed sealed
                    && key.equals(sealed.key)
                    && digest.equals(sealed.digest);
        }

        @Override
        public int hashCode() {
            return 31 * key.hashCode() + digest.hashCode();
        }

        /** So that hash tables stay quick when somebody chooses keys' ids that have one hash. */
        @Override
        public int compareTo(Sealed other) {
            int byKey = key.compareTo(other.key);
            return byKey == 0 ? digest.compareTo(other.digest) : byKey;
        }

        @Override
        public String toString() {
            return "Sealed[" + key + ", " + content.length + " bytes]";
        }
    }

    /** What a sealed value whose key is shredded is shown as. It cannot be written. */
    record Expunged(KeyId key) implements Scalar {}

    /** Bytes; not to be changed by who gave or got them. */
    record Bytes(byte[] value) implements Scalar, Comparable<Bytes> {
        @Override
        public int compareTo(Bytes other) {
            return Arrays.compareUnsigned(value, other.value);
        }

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
