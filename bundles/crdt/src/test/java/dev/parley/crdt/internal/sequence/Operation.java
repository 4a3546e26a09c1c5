package dev.parley.crdt.internal.sequence;

import java.util.List;

/** What one replica tells others, as the tests send it. */
sealed interface Operation {
    int agent();

    int seq();

    /** How many seqs it takes. */
    int count();

    record Insertion(int agent, int seq, Origins origins, String text) implements Operation {
        @Override
        public int count() {
            return text.codePointCount(0, text.length());
        }
    }

    record Deletion(int agent, int seq, List<Run> runs) implements Operation {
        @Override
        public int count() {
            return runs.stream().mapToInt(Run::count).sum();
        }
    }

    record Run(int agent, int first, int count, boolean backward) {}

    /** Integrates this into a sequence. */
    default void integrate(Sequence sequence, VisibleChanges changes) {
        if (this instanceof Insertion insertion) {
            Origins at = insertion.origins();
            sequence.integrateInsert(
                    agent(),
                    seq(),
                    at.leftAgent(),
                    at.leftSeq(),
                    at.rightAgent(),
                    at.rightSeq(),
                    insertion.text(),
                    changes);
        } else if (this instanceof Deletion deletion) {
            int seq = deletion.seq();
            for (Run run : deletion.runs()) {
                sequence.integrateDelete(
                        agent(),
                        seq,
                        run.agent(),
                        run.first(),
                        run.count(),
                        run.backward(),
                        changes);
                seq += run.count();
            }
        }
    }

    static Insertion insert(Sequence sequence, int position, String text, int agent, int seq) {
        return new Insertion(agent, seq, sequence.insert(position, text, agent, seq), text);
    }

    static Deletion delete(Sequence sequence, int position, int count, int agent, int seq) {
        IdRuns targets = new IdRuns();
        sequence.delete(position, count, agent, seq, targets);
        return new Deletion(agent, seq, runs(targets));
    }

    static List<Run> runs(IdRuns targets) {
        return java.util.stream.IntStream.range(0, targets.size())
                .mapToObj(
                        i ->
                                new Run(
                                        targets.agent(i),
                                        targets.first(i),
                                        targets.count(i),
                                        targets.backward(i)))
                .toList();
    }
}
