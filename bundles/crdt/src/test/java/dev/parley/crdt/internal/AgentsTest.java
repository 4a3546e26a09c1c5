package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.SignedChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Lines of agents that fork again and again, in graphs that hear of them in different orders. */
class AgentsTest {
    private static final int[] NOTHING = {};

    private record Made(Id change, int offset) {}

    private static ChangeGraph graph(List<SignedChange> changes) {
        ChangeGraph graph = new ChangeGraph();
        List<SignedChange> left = new ArrayList<>(changes);
        while (!left.isEmpty()) {
            left.removeIf(
                    it -> {
                        Change change = Forge.read(it);
                        Id prev = change.prev();
                        int before = prev == null ? -1 : graph.find(prev);
                        if (prev != null && before < 0) {
                            return false;
                        }
                        graph.add(it.id(), change, change.length(), before, NOTHING);
                        return true;
                    });
        }
        return graph;
    }

    private static List<SignedChange> forks(Random random) {
        Forge forge = new Forge(Replicas.open(0).info);
        List<SignedChange> changes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Id author = Replicas.author(random.nextInt(4) == 0 ? 1 : 2);
            SignedChange prev = random.nextInt(8) == 0 ? null : last(random, changes, author);
            Operation[] operations = new Operation[1 + random.nextInt(3)];
            Arrays.setAll(operations, it -> new Operation.Note(Path.ROOT));
            changes.add(forge.write(author, prev, List.of(), i + 1, operations));
        }
        return changes;
    }

    private static @Nullable SignedChange last(
            Random random, List<SignedChange> changes, Id author) {
        List<SignedChange> own =
                changes.stream().filter(it -> Forge.read(it).author().equals(author)).toList();
        if (own.isEmpty()) {
            return null;
        }
        return own.get(random.nextBoolean() ? own.size() - 1 : random.nextInt(own.size()));
    }

    private static int compare(ChangeGraph graph, Made a, Made b) {
        int changeA = graph.find(a.change());
        int changeB = graph.find(b.change());
        return Integer.signum(
                graph.agents()
                        .compare(
                                graph.agent(changeA),
                                graph.start(changeA) + a.offset(),
                                graph.agent(changeB),
                                graph.start(changeB) + b.offset()));
    }

    @Property(tries = 300)
    void operationsOfLinesHaveOneOrderWhoeverIsHeardFirst(@ForAll long seed) {
        Random random = new Random(seed);
        List<SignedChange> changes = forks(random);
        List<Made> operations = new ArrayList<>();
        for (SignedChange change : changes) {
            for (int i = 0; i < Forge.read(change).length(); i++) {
                operations.add(new Made(change.id(), i));
            }
        }
        ChangeGraph first = graph(changes);
        List<Made> sorted = new ArrayList<>(operations);
        sorted.sort((a, b) -> compare(first, a, b));
        for (int order = 0; order < 5; order++) {
            Collections.shuffle(changes, random);
            ChangeGraph graph = graph(changes);
            for (int i = 0; i < sorted.size(); i++) {
                for (int j = 0; j < sorted.size(); j++) {
                    assertThat(compare(graph, sorted.get(i), sorted.get(j)))
                            .isEqualTo(Integer.compare(i, j));
                }
            }
        }
    }
}
