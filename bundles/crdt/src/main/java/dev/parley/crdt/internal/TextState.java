package dev.parley.crdt.internal;

final class TextState extends ObjectState {
    @Override
    void check(Operation operation, At at, Earlier earlier) throws VoidException {}

    @Override
    void apply(Operation operation, At at) {}

    @Override
    boolean knownContent(At at) {
        return false;
    }

    @Override
    boolean present() {
        return false;
    }

    @Override
    void canonical(Writer out, ChangeGraph graph) {}
}
