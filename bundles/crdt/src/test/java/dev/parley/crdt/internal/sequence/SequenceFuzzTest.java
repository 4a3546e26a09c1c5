package dev.parley.crdt.internal.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random histories of 2 to 8 replicas, compared with {@link NaiveSequence}. The number of runs is
 * raised with {@code -Dsequence.fuzz.runs=20000}.
 */
class SequenceFuzzTest {
    private static final int RUNS = Integer.getInteger("sequence.fuzz.runs", 1_500);
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz\u00e9\u0436";

    /** One replica: a sequence, its model, and what it has of each agent. */
    static final class Replica {
        final AgentOrder order;
        final Sequence sequence;
        final NaiveSequence model;
        final int[] ends;
        final StringBuilder view = new StringBuilder();

        Replica(AgentOrder order, int agents) {
            this.order = order;
            sequence = Sequence.ofText(order);
            model = new NaiveSequence(order);
            ends = new int[agents];
        }
    }

    /** An operation and how much of each agent its replica had when it was made. */
    private record Sent(Operation operation, int[] past) {}

    @Test
    void allReplicasEndWithTheTextOfTheModel() {
        for (int run = 0; run < RUNS; run++) {
            try {
                run(new Random(run));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + run, e);
            }
        }
    }

    /** Makes a history and checks it; all replicas have all of it in the end. */
    static Replica[] run(Random random) {
        return run(random, 5 + random.nextInt(60), random.nextBoolean());
    }

    private static Replica[] run(Random random, int steps, boolean narrow) {
        int agents = 2 + random.nextInt(7);
        int[] names = random.ints(agents, 0, 1 << 30).toArray();
        AgentOrder order =
                (a, s, b, t) ->
                        a != b ? Integer.compare(names[a], names[b]) : Integer.compare(s, t);
        Replica[] replicas = new Replica[agents];
        List<List<Sent>> sent = new ArrayList<>();
        for (int i = 0; i < agents; i++) {
            replicas[i] = new Replica(order, agents);
            sent.add(new ArrayList<>());
        }
        for (int step = 0; step < steps; step++) {
            int who = random.nextInt(agents);
            if (random.nextInt(3) == 0) {
                receive(replicas[who], sent, random, 1 + random.nextInt(20));
            } else {
                write(replicas[who], who, sent.get(who), random, narrow);
            }
        }
        for (Replica replica : replicas) {
            receive(replica, sent, random, Integer.MAX_VALUE);
        }
        String text = replicas[0].model.text();
        for (Replica replica : replicas) {
            assertThat(replica.sequence.text()).isEqualTo(text);
            assertThat(replica.view.toString()).isEqualTo(text);
        }
        replicas[0].model.items.forEach(item -> assertOrigins(replicas[0].sequence, item));
        Sequence any = replicas[random.nextInt(agents)].sequence;
        for (int i = 0; i < 3; i++) {
            List<Sent> of = sent.get(random.nextInt(agents));
            if (!of.isEmpty()) {
                int[] past = of.get(random.nextInt(of.size())).past();
                assertThat(any.textAt(agent -> past[agent]))
                        .isEqualTo(replicas[0].model.textAt(agent -> past[agent]));
            }
        }
        SnapshotTest.check(replicas, names);
        return replicas;
    }

    private static void assertOrigins(Sequence sequence, NaiveSequence.Item item) {
        Origins origins = sequence.originsOf(item.id.agent(), item.id.seq());
        NaiveSequence.Id left = item.left;
        NaiveSequence.Id right = item.right;
        assertThat(origins)
                .isEqualTo(
                        new Origins(
                                left == null ? -1 : left.agent(),
                                left == null ? 0 : left.seq(),
                                right == null ? -1 : right.agent(),
                                right == null ? 0 : right.seq()));
        assertThat(
                        sequence.originsValid(
                                origins.leftAgent(),
                                origins.leftSeq(),
                                origins.rightAgent(),
                                origins.rightSeq(),
                                agent -> Integer.MAX_VALUE))
                .isTrue();
    }

    /** Longer histories at few places, so that the tree has several levels. */
    @Test
    void longNarrowHistoriesEndWithTheTextOfTheModel() {
        for (int seed = 0; seed < Math.max(3, RUNS / 500); seed++) {
            run(new Random(1_000_000 + seed), 450, true);
        }
    }

    private static void write(
            Replica replica, int agent, List<Sent> sent, Random random, boolean narrow) {
        Sequence sequence = replica.sequence;
        int length = sequence.length();
        int[] past = replica.ends.clone();
        int seq = past[agent];
        if (random.nextInt(6) == 0) {
            seq += random.nextInt(3); // seqs of operations on something else
        }
        Operation operation;
        if (length > 0 && random.nextInt(3) == 0) {
            int at = random.nextInt(length);
            int count = 1 + random.nextInt(Math.min(6, length - at));
            operation = Operation.delete(sequence, at, count, agent, seq);
            replica.view.replace(
                    replica.view.offsetByCodePoints(0, at),
                    replica.view.offsetByCodePoints(0, at + count),
                    "");
        } else {
            int at = narrow ? Math.min(length, random.nextInt(2)) : random.nextInt(length + 1);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(4); i >= 0; i--) {
                text.appendCodePoint(
                        random.nextInt(12) == 0
                                ? 0x1f600 + random.nextInt(9)
                                : LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
            operation = Operation.insert(sequence, at, text.toString(), agent, seq);
            replica.view.insert(replica.view.offsetByCodePoints(0, at), text);
        }
        replica.model.apply(operation);
        replica.ends[agent] = seq + operation.count();
        sent.add(new Sent(operation, past));
        assertThat(sequence.text()).isEqualTo(replica.model.text());
    }

    /** Takes some operations that are not here but whose past is, in a random order. */
    private static void receive(Replica replica, List<List<Sent>> sent, Random random, int most) {
        for (int taken = 0; taken < most; taken++) {
            List<Sent> ready = new ArrayList<>();
            for (int agent = 0; agent < sent.size(); agent++) {
                for (Sent each : sent.get(agent)) {
                    if (each.operation().seq() >= replica.ends[agent]) {
                        if (isPast(each.past(), replica.ends)) {
                            ready.add(each);
                        }
                        break;
                    }
                }
            }
            if (ready.isEmpty()) {
                return;
            }
            Operation operation = ready.get(random.nextInt(ready.size())).operation();
            operation.integrate(
                    replica.sequence,
                    (position, removed, inserted) -> {
                        int from = replica.view.offsetByCodePoints(0, position);
                        replica.view.delete(from, replica.view.offsetByCodePoints(from, removed));
                        if (inserted > 0) {
                            replica.view.insert(
                                    from, replica.sequence.text(position, position + inserted));
                        }
                    });
            replica.model.apply(operation);
            replica.ends[operation.agent()] = operation.seq() + operation.count();
            assertThat(replica.sequence.length())
                    .isEqualTo(
                            replica.sequence
                                    .text()
                                    .codePointCount(0, replica.sequence.text().length()));
        }
    }

    private static boolean isPast(int[] past, int[] ends) {
        for (int i = 0; i < past.length; i++) {
            if (past[i] > ends[i]) {
                return false;
            }
        }
        return true;
    }
}
