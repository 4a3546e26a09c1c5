package dev.parley.crdt.internal.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.ByteWriter;
import dev.parley.crdt.internal.columns.MalformedException;
import dev.parley.crdt.internal.columns.MalformedException.Reason;
import dev.parley.crdt.internal.sequence.SequenceFuzzTest.Replica;
import dev.parley.crdt.internal.sequence.SequenceSnapshot.Agents;
import dev.parley.crdt.internal.sequence.SequenceSnapshot.Limits;
import dev.parley.crdt.internal.sequence.SequenceSnapshot.Parts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private static final Limits LIMITS = new Limits(1 << 20, 1 << 16);
    private static final List<Parts> ALL_PARTS =
            List.of(Parts.STATE, new Parts(true, false), new Parts(false, true), Parts.HISTORY);

    /** The table of agents, sorted by name. */
    private static Agents agents(int[] names) {
        int[] agentOf =
                IntStream.range(0, names.length)
                        .boxed()
                        .sorted((a, b) -> Integer.compare(names[a], names[b]))
                        .mapToInt(a -> a)
                        .toArray();
        int[] rankOf = new int[names.length];
        for (int i = 0; i < agentOf.length; i++) {
            rankOf[agentOf[i]] = i;
        }
        return new Agents(names.length, a -> rankOf[a], r -> agentOf[r]);
    }

    static byte[] write(Sequence sequence, Agents agents, Parts parts) {
        ByteWriter out = new ByteWriter();
        SnapshotWriter.write(sequence, agents, parts, out);
        return out.toBytes();
    }

    static Sequence read(byte[] bytes, AgentOrder order, Agents agents) throws MalformedException {
        ByteReader in = new ByteReader(bytes);
        Sequence sequence = SnapshotReader.read(in, order, agents, LIMITS);
        in.finish();
        return sequence;
    }

    /** Equal operations give equal bytes, and a sequence read from them is as good as the first. */
    static void check(Replica[] replicas, int[] names) {
        Agents agents = agents(names);
        for (Parts parts : ALL_PARTS) {
            byte[] bytes = write(replicas[0].sequence, agents, parts);
            for (Replica replica : replicas) {
                assertThat(write(replica.sequence, agents, parts)).isEqualTo(bytes);
            }
            Sequence loaded;
            try {
                loaded = read(bytes, replicas[0].order, agents);
            } catch (MalformedException e) {
                throw new AssertionError(e);
            }
            assertThat(write(loaded, agents, parts)).isEqualTo(bytes);
            assertThat(loaded.text()).isEqualTo(replicas[0].sequence.text());
            assertThat(loaded.elements()).isEqualTo(replicas[0].sequence.elements());
            for (NaiveSequence.Item item : replicas[0].model.items) {
                int agent = item.id.agent();
                int seq = item.id.seq();
                assertThat(loaded.originsOf(agent, seq))
                        .isEqualTo(replicas[0].sequence.originsOf(agent, seq));
                assertThat(loaded.positionOf(agent, seq))
                        .isEqualTo(replicas[0].sequence.positionOf(agent, seq));
            }
            if (parts.equals(Parts.HISTORY)) {
                goOn(loaded, replicas[1].sequence, replicas[1].order, agents, names.length);
            }
        }
    }

    /** Two replicas write at random after one was loaded, and then hear of each other. */
    private static void goOn(
            Sequence a, Sequence b, AgentOrder order, Agents agents, int agentCount) {
        Random random = new Random(agentCount + a.elements());
        int[] ends = new int[agentCount];
        Arrays.fill(ends, 10_000);
        Operation[][] made = new Operation[2][12];
        for (int who = 0; who < 2; who++) {
            Sequence at = who == 0 ? a : b;
            for (int i = 0; i < 12; i++) {
                int length = at.length();
                boolean delete = length > 0 && random.nextInt(4) == 0;
                int position = random.nextInt(delete ? length : length + 1);
                made[who][i] =
                        delete
                                ? Operation.delete(at, position, 1, who, ends[who])
                                : Operation.insert(at, position, "xy", who, ends[who]);
                ends[who] += 2;
            }
        }
        for (Operation operation : made[1]) {
            operation.integrate(a, VisibleChanges.NONE);
        }
        for (Operation operation : made[0]) {
            operation.integrate(b, VisibleChanges.NONE);
        }
        assertThat(a.text()).isEqualTo(b.text());
        assertThat(write(a, agents, Parts.HISTORY)).isEqualTo(write(b, agents, Parts.HISTORY));
    }

    /** What somebody may name who does not insert at a position: any two that stand in order. */
    @Test
    void originsThatLieFarApartAreReadAgain() throws MalformedException {
        int[] names = {2, 0, 1};
        AgentOrder order =
                (a, seqA, b, seqB) ->
                        a == b ? Integer.compare(seqA, seqB) : Integer.compare(names[a], names[b]);
        Agents agents = agents(names);
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<int[]> operations = new ArrayList<>();
            Sequence[] replicas = new Sequence[names.length];
            int[] known = new int[names.length];
            Arrays.setAll(replicas, i -> Sequence.ofText(order));
            for (int i = 0; i < 30; i++) {
                int agent = random.nextInt(names.length);
                Sequence at = replicas[agent];
                if (random.nextInt(3) == 0) {
                    take(at, agent, operations, known[agent]);
                    known[agent] = operations.size();
                }
                long elements = at.elements();
                int left = random.nextInt((int) elements + 1) - 1;
                int right = left + 1 + random.nextInt((int) elements - left);
                Cursor before = left < 0 ? null : at.idAt(left);
                Cursor behind = right >= elements ? null : at.idAt(right);
                int[] operation = {
                    agent,
                    i,
                    before == null ? Sequence.NONE : before.agent(),
                    before == null ? 0 : before.seq(),
                    behind == null ? Sequence.NONE : behind.agent(),
                    behind == null ? 0 : behind.seq()
                };
                integrate(at, operation);
                operations.add(operation);
            }
            for (int i = 0; i < names.length; i++) {
                take(replicas[i], i, operations, known[i]);
            }
            byte[] bytes = write(replicas[0], agents, Parts.HISTORY);
            for (Sequence replica : replicas) {
                assertThat(replica.text()).isEqualTo(replicas[0].text());
                assertThat(write(replica, agents, Parts.HISTORY)).isEqualTo(bytes);
            }
            Sequence loaded = read(bytes, order, agents);
            assertThat(loaded.text()).isEqualTo(replicas[0].text());
            assertThat(write(loaded, agents, Parts.HISTORY)).isEqualTo(bytes);
        }
    }

    private static void take(Sequence into, int agent, List<int[]> operations, int from) {
        for (int[] operation : operations.subList(from, operations.size())) {
            if (operation[0] != agent) {
                integrate(into, operation);
            }
        }
    }

    private static void integrate(Sequence into, int[] it) {
        into.integrateInsert(
                it[0],
                it[1],
                it[2],
                it[3],
                it[4],
                it[5],
                Character.toString('A' + it[1]),
                VisibleChanges.NONE);
    }

    @Test
    void everyProperPrefixAndEverythingAppendedIsMalformed() {
        for (int seed = 0; seed < 40; seed++) {
            Replica[] replicas = SequenceFuzzTest.run(new Random(seed));
            Agents agents = agents(IntStream.range(0, replicas.length).toArray());
            byte[] bytes = write(replicas[0].sequence, agents, Parts.HISTORY);
            for (int length = 0; length < bytes.length; length++) {
                byte[] prefix = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> read(prefix, replicas[0].order, agents))
                        .isInstanceOf(MalformedException.class);
            }
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertThatThrownBy(() -> read(longer, replicas[0].order, agents))
                    .isInstanceOf(MalformedException.class);
        }
    }

    /** What is accepted has no other encoding and can be worked with. */
    @Test
    void changedBytesAreRefusedOrTheOnlyEncodingOfWhatTheySay() {
        int accepted = 0;
        int tries = Integer.getInteger("sequence.fuzz.mutations", 4_000);
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            Replica[] replicas = SequenceFuzzTest.run(random);
            AgentOrder order = (a, s, b, t) -> a != b ? Integer.compare(a, b) : s - t;
            Agents agents = agents(IntStream.range(0, replicas.length).toArray());
            for (int i = 0; i < tries / 20; i++) {
                Parts parts = ALL_PARTS.get(random.nextInt(4));
                byte[] bytes = write(replicas[0].sequence, agents, parts);
                for (int changes = random.nextInt(3); changes >= 0; changes--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                Sequence sequence;
                try {
                    sequence = read(bytes, order, agents);
                } catch (MalformedException refused) {
                    continue;
                }
                accepted++;
                // The flags say which parts the bytes have.
                Parts said = new Parts((bytes[1] & 2) != 0, (bytes[1] & 4) != 0);
                assertThat(write(sequence, agents, said)).isEqualTo(bytes);
                sequence.forEachRun(
                        (position, agent, seq, count, visible) -> sequence.originsOf(agent, seq));
                for (int edit = 0; edit < 4; edit++) {
                    int seq = 1 << 24 | edit << 8;
                    if (sequence.isText()) {
                        sequence.insert(random.nextInt(sequence.length() + 1), "new", 0, seq);
                    } else {
                        sequence.insertCells(random.nextInt(sequence.length() + 1), 3, 0, seq);
                    }
                    sequence.delete(0, 1, 1, seq, new IdRuns());
                }
            }
        }
        assertThat(accepted).isPositive();
    }

    @Test
    void noiseIsRefusedWithoutSurprise() {
        Random random = new Random(3);
        Agents agents = agents(new int[] {0, 1});
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(60)];
            random.nextBytes(noise);
            if (noise.length > 1) {
                noise[0] = SequenceSnapshot.FORMAT;
                noise[1] &= 7;
            }
            try {
                read(noise, TraceTest.ORDER, agents);
            } catch (MalformedException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }

    private static ByteWriter start() {
        return new ByteWriter().writeVarint(SequenceSnapshot.FORMAT).writeVarint(1);
    }

    @Test
    void hugeCountsAreRefusedBeforeAnythingIsAllocated() {
        Agents agents = agents(new int[] {0});
        byte[] runs = start().writeVarint(1 << 16).toBytes();
        byte[] tooMany = start().writeVarint(1L << 40).toBytes();
        assertThatThrownBy(() -> read(tooMany, TraceTest.ORDER, agents))
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LONG));
        byte[] block = Arrays.copyOf(new ByteWriter().writeBytes(runs).writeVarint(0).toBytes(), 7);
        assertThatThrownBy(() -> read(block, TraceTest.ORDER, agents))
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.TRUNCATED));
    }

    @Test
    void aSmallSequenceHasTheseBytes() {
        Sequence sequence = Sequence.ofText(TraceTest.ORDER);
        sequence.insert(0, "helo", 0, 0);
        sequence.insert(3, "l", 1, 0);
        sequence.delete(0, 1, 1, 1, new IdRuns());
        byte[] bytes = write(sequence, agents(new int[] {0, 1}), Parts.HISTORY);
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo(
                        "020704010d010504000301000304808080800502ba400701e80901d40b01031104656c6c6f"
                                + "13016815020101170101190201001b01001d0102");
    }

    @Test
    void cellsComeBackAndMayHaveNoText() throws MalformedException {
        Sequence cells = Sequence.ofCells(TraceTest.ORDER);
        cells.insertCells(0, 5, 0, 0);
        cells.insertCells(2, 1 << 18, 1, 0);
        cells.delete(1, 2, 1, 1 << 18, new IdRuns());
        Agents agents = agents(new int[] {0, 1});
        byte[] bytes = write(cells, agents, Parts.HISTORY);
        assertThat(bytes).hasSizeLessThan(100);
        assertThat(write(read(bytes, TraceTest.ORDER, agents), agents, Parts.HISTORY))
                .isEqualTo(bytes);
        Sequence text = Sequence.ofText(TraceTest.ORDER);
        text.insert(0, "abc", 0, 0);
        byte[] flipped = write(text, agents, Parts.STATE);
        flipped[1] = 0;
        assertThatThrownBy(() -> read(flipped, TraceTest.ORDER, agents))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("text: 3 elements, 0 expected");
    }

    @Test
    void aStateWithoutDeletedContentRefusesTimeTravel() throws MalformedException {
        Sequence sequence = Sequence.ofText(TraceTest.ORDER);
        sequence.insert(0, "abc", 0, 0);
        sequence.delete(1, 1, 0, 3, new IdRuns());
        Agents agents = agents(new int[] {0});
        Sequence loaded = read(write(sequence, agents, Parts.STATE), TraceTest.ORDER, agents);
        assertThat(loaded.text()).isEqualTo("ac");
        assertThat(loaded.knowsDeletedContent()).isFalse();
        assertThatThrownBy(() -> loaded.textAt(agent -> 3))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> write(loaded, agents, Parts.HISTORY))
                .isInstanceOf(IllegalStateException.class);
    }
}
