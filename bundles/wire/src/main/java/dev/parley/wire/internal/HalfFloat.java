package dev.parley.wire.internal;

/** IEEE 754 binary16, which the JDK has only from 20 on. */
final class HalfFloat {
    private HalfFloat() {}

    /**
     * @return whether the number survives the way through binary16 unchanged
     */
    static boolean fits(float value) {
        return !Float.isNaN(value) && Float.compare(value(bits(value)), value) == 0;
    }

    /** The nearest binary16 by truncation; exact where {@link #fits} holds. */
    static int bits(float value) {
        int raw = Float.floatToRawIntBits(value);
        int sign = raw >>> 16 & 0x8000;
        int exponent = (raw >>> 23 & 0xff) - 127;
        int mantissa = raw & 0x7fffff;
        if (exponent == 128 || exponent > 15) {
            return sign | 0x7c00;
        }
        if (exponent >= -14) {
            return sign | (exponent + 15) << 10 | mantissa >>> 13;
        }
        return exponent < -24 ? sign : sign | (mantissa | 0x800000) >>> (-exponent - 1);
    }

    static float value(int bits) {
        int exponent = bits >>> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        float magnitude;
        if (exponent == 31) {
            magnitude = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        } else if (exponent == 0) {
            magnitude = Math.scalb((float) mantissa, -24);
        } else {
            magnitude = Math.scalb((float) (mantissa | 0x400), exponent - 25);
        }
        return (bits & 0x8000) == 0 ? magnitude : -magnitude;
    }
}
