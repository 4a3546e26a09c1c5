package dev.parley.crdt.internal;

import dev.parley.crdt.api.Difference;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.TextEdit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is different between two states of one replica. */
final class Differences {
    private final View before;
    private final View after;
    private final Seals seals;
    private final List<Difference> found = new ArrayList<>();

    private Differences(View before, View after, Seals seals) {
        this.before = before;
        this.after = after;
        this.seals = seals;
    }

    static List<Difference> between(View before, View after, Seals seals) {
        Differences differences = new Differences(before, after, seals);
        differences.maps(Path.ROOT, before.root(), after.root());
        return differences.found;
    }

    /** Of one object, as it was shown and is now. */
    static Difference between(Path path, String was, String is) {
        if (path.type() != ObjectType.TEXT) {
            return new Difference(path, was, is, List.of());
        }
        int[] a = was.codePoints().toArray();
        int[] b = is.codePoints().toArray();
        int same = Arrays.mismatch(a, b);
        int end = 0;
        while (end < Math.min(a.length, b.length) - same
                && a[a.length - 1 - end] == b[b.length - 1 - end]) {
            end++;
        }
        String inserted = new String(b, same, b.length - end - same);
        return new Difference(
                path, was, is, List.of(new TextEdit(same, a.length - end - same, inserted)));
    }

    private void maps(Path path, @Nullable MapState a, @Nullable MapState b) {
        TreeSet<Path.Segment> keys = new TreeSet<>(MapState.ORDER);
        if (a != null) {
            keys.addAll(a.visible().keySet());
        }
        if (b != null) {
            keys.addAll(b.visible().keySet());
        }
        for (Path.Segment key : keys) {
            ObjectState first = a == null ? null : a.child(key);
            ObjectState second = b == null ? null : b.child(key);
            Path child = path.at(key.key(), key.type());
            if (key.type() == ObjectType.MAP) {
                maps(child, (MapState) first, (MapState) second);
            } else if (!Arrays.equals(
                    canonical(first, before.graph()), canonical(second, after.graph()))) {
                found.add(
                        new Difference(
                                child,
                                shown(before, child),
                                shown(after, child),
                                edits(first, second)));
            }
        }
    }

    private static byte[] canonical(@Nullable ObjectState state, ChangeGraph graph) {
        Writer out = new Writer(32);
        if (state != null && state.present()) {
            state.canonical(out, graph);
        }
        return out.toByteArray();
    }

    private String shown(View view, Path path) {
        return new ViewState(() -> view, () -> seals).shown(path);
    }

    private static List<TextEdit> edits(@Nullable ObjectState first, @Nullable ObjectState second) {
        boolean texts = first instanceof TextState || second instanceof TextState;
        return texts ? edits((TextState) first, (TextState) second) : List.of();
    }

    /** Both texts are in the order of one sequence, so what stays is found by its ids. */
    private static List<TextEdit> edits(@Nullable TextState first, @Nullable TextState second) {
        long[] was = ids(first);
        long[] is = ids(second);
        int[] points =
                second == null ? new int[0] : second.sequence().text().codePoints().toArray();
        java.util.Set<Long> kept = new java.util.HashSet<>();
        for (long id : is) {
            kept.add(id);
        }
        List<TextEdit> edits = new ArrayList<>();
        int a = 0;
        int b = 0;
        while (a < was.length || b < is.length) {
            if (a < was.length && b < is.length && was[a] == is[b]) {
                a++;
                b++;
                continue;
            }
            int removed = 0;
            while (a < was.length && !kept.contains(was[a])) {
                a++;
                removed++;
            }
            int from = b;
            while (b < is.length && (a == was.length || is[b] != was[a])) {
                b++;
            }
            edits.add(new TextEdit(from, removed, new String(points, from, b - from)));
        }
        return edits;
    }

    private static long[] ids(@Nullable TextState text) {
        if (text == null) {
            return new long[0];
        }
        long[] ids = new long[text.sequence().length()];
        text.sequence()
                .blame(
                        (position, agent, number, count, visible) -> {
                            for (int i = 0; i < count; i++) {
                                ids[position + i] = At.dot(agent, number + i);
                            }
                        });
        return ids;
    }
}
