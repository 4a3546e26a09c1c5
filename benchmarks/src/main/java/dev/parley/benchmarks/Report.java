package dev.parley.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints what was measured as it comes, and at the end which goals were met. */
public final class Report {
    private final List<String> goals = new ArrayList<>();

    public void line(String text) {
        System.out.println(text);
    }

    public void samples(String what, Samples samples, String unit) {
        line(samples.line(what, unit));
    }

    public void ratio(String what, Samples ours, Samples peer) {
        ratio(what, ours.median(), peer.median());
    }

    public void ratio(String what, double ours, double peer) {
        line(String.format(Locale.ROOT, "%-58s %9.2f", what + ", ours / peer", ours / peer));
    }

    /** A goal is an upper bound. A miss is a line in a report, not a failure: machines differ. */
    public void goal(String what, double found, double most, String unit) {
        goals.add(
                String.format(
                        Locale.ROOT,
                        "%-58s %9.2f %s, at most %.0f: %s",
                        what,
                        found,
                        unit,
                        most,
                        found <= most ? "met" : "MISSED"));
    }

    public void end() {
        if (!goals.isEmpty()) {
            line("== goals");
            goals.forEach(this::line);
        }
    }
}
