package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;

/** The sum of what was added; wraps as {@code long} does. */
final class CounterState extends ObjectState {
    private final RunningSums sums = new RunningSums();

    @Override
    void check(Operation operation, At at, Earlier earlier) {}

    @Override
    void apply(Operation operation, At at) {
        if (!(operation instanceof Operation.AddNumber add)) {
            throw unexpected(operation);
        }
        sums.add(at.agent(), at.number(), add.amount());
    }

    @Override
    boolean knownContent(At at) {
        return present();
    }

    @Override
    boolean present() {
        for (int i = 0; i < sums.agents(); i++) {
            int agent = sums.agent(i);
            if (sums.any(agent, cleared().get(agent))) {
                return true;
            }
        }
        return false;
    }

    long value() {
        long value = 0;
        for (int i = 0; i < sums.agents(); i++) {
            int agent = sums.agent(i);
            value += sums.total(agent) - sums.before(agent, cleared().get(agent));
        }
        return value;
    }

    @Override
    boolean isBlank() {
        return !present();
    }

    @Override
    void write(StateWriter out) {
        sums.write(out, cleared());
    }

    @Override
    void read(StateReader in) throws MalformedException {
        sums.read(in);
    }

    @Override
    void canonical(Writer out, ChangeGraph graph) {
        out.zigzag(value());
    }
}
