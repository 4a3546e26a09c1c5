package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;

/** A flag of either kind. */
final class FlagState extends ObjectState {
    private final FlagDots dots = new FlagDots();
    private final boolean disableWins;

    FlagState(boolean disableWins) {
        this.disableWins = disableWins;
    }

    @Override
    void check(Operation operation, At at, Earlier earlier) {}

    @Override
    void apply(Operation operation, At at) {
        if (operation instanceof Operation.Enable) {
            dots.enable(at);
        } else if (operation instanceof Operation.Disable) {
            dots.disable(at, disableWins);
        } else {
            throw unexpected(operation);
        }
    }

    @Override
    void clear(At at) {
        dots.clear(at);
    }

    @Override
    boolean knownContent(At at) {
        return dots.known(at);
    }

    @Override
    boolean present() {
        return dots.isOn();
    }

    @Override
    boolean isBlank() {
        return dots.isForgotten();
    }

    @Override
    void write(StateWriter out) {
        dots.write(out);
    }

    @Override
    void read(StateReader in) throws MalformedException {
        dots.read(in);
    }

    @Override
    void canonical(Writer out, ChangeGraph graph) {
        out.u8(dots.isOn() ? 1 : 0);
    }
}
