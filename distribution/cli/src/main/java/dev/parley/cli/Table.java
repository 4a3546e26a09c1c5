package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;

/** Rows as aligned text. */
final class Table {
    private static final int MAX_CELL_CHARS = 64;

    private Table() {}

    /**
     * @param columns {@code TITLE=member}
     */
    static String of(List<Value> rows, String none, String... columns) {
        if (rows.isEmpty()) {
            return none;
        }
        List<List<String>> lines = new ArrayList<>();
        List<String> head = new ArrayList<>();
        for (String column : columns) {
            head.add(column.substring(0, column.indexOf('=')));
        }
        lines.add(head);
        for (Value row : rows) {
            List<String> line = new ArrayList<>();
            for (String column : columns) {
                String text = Tree.text(row, column.substring(column.indexOf('=') + 1));
                line.add(
                        text.length() > MAX_CELL_CHARS
                                ? text.substring(0, MAX_CELL_CHARS - 1) + "…"
                                : text);
            }
            lines.add(line);
        }
        StringBuilder out = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < columns.length; i++) {
                int at = i;
                int width = lines.stream().mapToInt(it -> it.get(at).length()).max().orElse(0);
                text.append(line.get(i)).append(" ".repeat(width - line.get(i).length() + 2));
            }
            out.append(text.toString().stripTrailing()).append('\n');
        }
        return out.toString().stripTrailing();
    }

    /** One line per member that is there. */
    static String card(Value value, String... rows) {
        StringBuilder out = new StringBuilder();
        for (String row : rows) {
            String text = Tree.text(value, row.substring(row.indexOf('=') + 1));
            if (!text.isEmpty()) {
                out.append(String.format("%-12s %s%n", row.substring(0, row.indexOf('=')), text));
            }
        }
        return out.toString().stripTrailing();
    }
}
