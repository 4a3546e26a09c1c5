package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;

/** A text's lines, each with the change that wrote in it last. */
final class BlameLines {
    private static final int DIGITS = 10;

    private final List<String[]> lines = new ArrayList<>();
    private final StringBuilder line = new StringBuilder();
    private Value last = Value.NULL;

    private BlameLines() {}

    static String of(Value answer) {
        BlameLines blame = new BlameLines();
        for (Value piece : Tree.list(answer, "pieces")) {
            blame.take(piece);
        }
        if (!blame.line.isEmpty()) {
            blame.end();
        }
        return blame.shown();
    }

    private void take(Value piece) {
        String text = Tree.at(piece, "text") instanceof Value.Text it ? it.value() : "";
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            write(piece, text.substring(from, end));
            end();
            from = end + 1;
        }
        if (from < text.length()) {
            write(piece, text.substring(from));
        }
    }

    /** Times are of one form, so the later one is the higher one. */
    private void write(Value piece, String part) {
        line.append(part);
        if (Tree.text(piece, "time").compareTo(Tree.text(last, "time")) > 0) {
            last = piece;
        }
    }

    private void end() {
        String change = Tree.text(last, "change");
        String name = Tree.text(last, "authorName");
        String time = Tree.text(last, "time");
        lines.add(
                new String[] {
                    change.substring(0, Math.min(DIGITS, change.length())),
                    name.isEmpty() ? Tree.text(last, "authorWords") : name,
                    time.length() > 19 ? time.substring(0, 19).replace('T', ' ') : time,
                    Tree.shown(line.toString())
                });
        line.setLength(0);
        last = Value.NULL;
    }

    private String shown() {
        int name = lines.stream().mapToInt(it -> it[1].length()).max().orElse(0);
        StringBuilder out = new StringBuilder();
        for (String[] each : lines) {
            out.append(each[0])
                    .append("  ")
                    .append(each[1])
                    .append(" ".repeat(name - each[1].length()))
                    .append("  ")
                    .append(each[2])
                    .append("  ")
                    .append(each[3])
                    .append('\n');
        }
        return out.isEmpty() ? "No text is there." : out.toString().stripTrailing();
    }
}
