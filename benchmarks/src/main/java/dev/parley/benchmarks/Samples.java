package dev.parley.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** Measured values of one kind, and the words for a table of them. */
public final class Samples {
    private final double[] sorted;

    private Samples(double[] sorted) {
        this.sorted = sorted;
    }

    public static Samples of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Samples(sorted);
    }

    public double quantile(double part) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    }

    public double median() {
        return quantile(0.5);
    }

    public String line(String what, String unit) {
        return String.format(
                Locale.ROOT,
                "%-58s p50 %9.2f  p90 %9.2f  p99 %9.2f  least %9.2f %s  (n=%d)",
                what,
                median(),
                quantile(0.9),
                quantile(0.99),
                sorted[0],
                unit,
                sorted.length);
    }
}
