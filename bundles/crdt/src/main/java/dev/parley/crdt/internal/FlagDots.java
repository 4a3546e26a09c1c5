package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;

/** Enabling and disabling operations of one flag, or of one element of a set. */
final class FlagDots {
    private final Dots enables = new Dots();
    private final Dots disables = new Dots();

    void enable(At at) {
        enables.removeKnown(at);
        disables.removeKnown(at);
        enables.add(at.dot());
    }

    void disable(At at, boolean disableWins) {
        if (disableWins) {
            disables.removeKnown(at);
            disables.add(at.dot());
        } else {
            enables.removeKnown(at);
        }
    }

    void clear(At at) {
        enables.removeKnown(at);
        disables.removeKnown(at);
    }

    boolean known(At at) {
        return enables.anyKnown(at);
    }

    boolean isOn() {
        return !enables.isEmpty() && disables.isEmpty();
    }

    void write(StateWriter out) {
        enables.write(out);
        disables.write(out);
    }

    void read(StateReader in) throws MalformedException {
        enables.read(in);
        disables.read(in);
    }

    boolean isForgotten() {
        return enables.isEmpty() && disables.isEmpty();
    }
}
