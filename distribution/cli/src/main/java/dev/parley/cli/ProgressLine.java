package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Says how far an install or a join is: on a terminal one line that is written over, else one line
 * a step.
 *
 * <p>Not thread-safe.
 */
final class ProgressLine implements AutoCloseable {
    private static final String REWRITE = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean terminal;
    private String last = "";

    ProgressLine(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /**
     * @param progress as REST streams it: a step, while bytes are fetched their count, and while
     *     somebody is waited for the seconds
     */
    void show(Value progress) {
        String step = Tree.text(progress, "step");
        long total = number(progress, "total");
        String from = total == 0 ? "" : " from " + holders(number(progress, "holders"));
        if (terminal) {
            String bytes = total == 0 ? "" : " " + sizes(number(progress, "bytes"), total);
            long seconds = number(progress, "seconds");
            String waited = seconds == 0 ? "" : " " + seconds + " s";
            out.print(REWRITE + "  " + step + bytes + from + waited);
            out.flush();
        } else if (!step.equals(last)) {
            out.println("  " + step + (total == 0 ? "" : " " + total + " bytes") + from);
        }
        last = step;
    }

    private static long number(Value progress, String name) {
        return Tree.at(progress, name) instanceof Value.Int number ? number.value() : 0;
    }

    private static String holders(long count) {
        return count == 1 ? "1 holder" : count + " holders";
    }

    /** Both in the unit that suits the whole: {@code 0.5 of 12.0 MiB}. */
    private static String sizes(long bytes, long total) {
        if (total < 10 << 10) {
            return bytes + " of " + total + " bytes";
        }
        boolean large = total >= 1 << 20;
        double unit = large ? 1 << 20 : 1 << 10;
        return String.format(
                Locale.ROOT, "%.1f of %.1f %s", bytes / unit, total / unit, large ? "MiB" : "KiB");
    }

    /** Leaves an empty line to what is printed next. */
    @Override
    public void close() {
        if (terminal && !last.isEmpty()) {
            out.print(REWRITE);
            out.flush();
        }
    }
}
