package dev.parley.crdt.internal.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Small concurrent histories with insertions at the same place, judged by another project. */
class ConformanceTest {
    private record Step(
            int from, int to, int[] parents, String name, int seq, List<Object> edits) {}

    @Test
    void everyHistoryEndsWithItsTextInSeveralOrders() throws IOException {
        Path file = Traces.shared("eg-walker-conformance.jsonl.gz");
        assumeTrue(Files.exists(file), "skipped: no shared test data at " + file);
        int histories = 0;
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                check(SmallJson.parse(line), new Random(histories));
                histories++;
            }
        }
        assertThat(histories).isGreaterThanOrEqualTo(500);
    }

    private static void check(Object history, Random random) {
        List<Step> steps = new ArrayList<>();
        Map<String, Integer> agents = new TreeMap<>();
        for (Object each : SmallJson.list(SmallJson.get(history, "txns"))) {
            List<Object> span = SmallJson.list(SmallJson.get(each, "span"));
            String name = (String) SmallJson.get(each, "agent");
            agents.put(name, 0);
            steps.add(
                    new Step(
                            SmallJson.number(span.get(0)),
                            SmallJson.number(span.get(1)),
                            SmallJson.list(SmallJson.get(each, "parents")).stream()
                                    .mapToInt(SmallJson::number)
                                    .toArray(),
                            name,
                            SmallJson.number(SmallJson.get(each, "seqStart")),
                            SmallJson.list(SmallJson.get(each, "ops"))));
        }
        // Dense numbers in another order than the names.
        List<String> names = new ArrayList<>(agents.keySet());
        java.util.Collections.shuffle(names, random);
        names.forEach(name -> agents.put(name, names.indexOf(name)));
        AgentOrder order =
                (a, s, b, t) ->
                        a != b ? names.get(a).compareTo(names.get(b)) : Integer.compare(s, t);
        List<BitSet> pasts = new ArrayList<>();
        List<List<Operation>> operations = new ArrayList<>();
        for (Step step : steps) {
            BitSet past = pastOf(step, steps, pasts);
            Sequence sequence = Sequence.ofText(order);
            past.stream()
                    .forEach(
                            i ->
                                    operations
                                            .get(i)
                                            .forEach(
                                                    op ->
                                                            op.integrate(
                                                                    sequence,
                                                                    VisibleChanges.NONE)));
            List<Traces.Patch> patches = new ArrayList<>();
            for (Object edit : step.edits()) {
                List<Object> parts = SmallJson.list(edit);
                patches.add(
                        new Traces.Patch(
                                SmallJson.number(parts.get(0)),
                                SmallJson.number(parts.get(1)),
                                (String) parts.get(2)));
            }
            int agent = agents.getOrDefault(step.name(), 0);
            operations.add(
                    Traces.apply(
                            sequence,
                            new Traces.Transaction(agent, new int[0], patches),
                            step.seq()));
            past.set(pasts.size());
            pasts.add(past);
        }
        String end = (String) SmallJson.get(history, "endContent");
        for (int i = 0; i < 4; i++) {
            Sequence sequence = Sequence.ofText(order);
            for (int next : randomOrder(steps, pasts, random, i == 0)) {
                operations.get(next).forEach(op -> op.integrate(sequence, VisibleChanges.NONE));
            }
            assertThat(sequence.text()).isEqualTo(end);
        }
    }

    private static BitSet pastOf(Step step, List<Step> steps, List<BitSet> pasts) {
        BitSet past = new BitSet();
        for (int parent : step.parents()) {
            for (int i = 0; i < pasts.size(); i++) {
                if (steps.get(i).from() <= parent && parent < steps.get(i).to()) {
                    assertThat(parent).isEqualTo(steps.get(i).to() - 1);
                    past.or(pasts.get(i));
                }
            }
        }
        return past;
    }

    /** A causal order in which each agent's steps come by seq. */
    private static List<Integer> randomOrder(
            List<Step> steps, List<BitSet> pasts, Random random, boolean asWritten) {
        List<Integer> done = new ArrayList<>();
        BitSet has = new BitSet();
        while (done.size() < steps.size()) {
            List<Integer> ready = new ArrayList<>();
            for (int i = 0; i < steps.size(); i++) {
                int step = i;
                BitSet past = (BitSet) pasts.get(i).clone();
                past.clear(i);
                past.andNot(has);
                boolean next =
                        steps.subList(0, i).stream()
                                .noneMatch(
                                        before ->
                                                before.name().equals(steps.get(step).name())
                                                        && !has.get(steps.indexOf(before)));
                if (!has.get(i) && past.isEmpty() && next) {
                    ready.add(i);
                }
            }
            int chosen = ready.get(asWritten ? 0 : random.nextInt(ready.size()));
            has.set(chosen);
            done.add(chosen);
        }
        return done;
    }
}
