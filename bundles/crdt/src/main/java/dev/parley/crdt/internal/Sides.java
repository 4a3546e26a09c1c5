package dev.parley.crdt.internal;

/**
 * The objects that a change is about as it found them, and as it left them. They are made from the
 * history, of nothing but the operations on these objects.
 */
record Sides(View before, View after) {
    /**
     * @throws ForgottenException if it needs operations that were given up
     */
    static Sides of(Integration integration, int number, Change change, Scope scope) {
        ChangeGraph graph = integration.graph();
        View before = integration.rereading().start(it -> graph.isBefore(it, number));
        View after = integration.rereading().start(it -> graph.isBefore(it, number));
        for (int earlier = 0; earlier < number; earlier++) {
            if (graph.isBefore(earlier, number) && !before.has(earlier) && !graph.isVoid(earlier)) {
                Change taken = integration.rereading().change(earlier);
                apply(graph, earlier, taken, scope, before);
                apply(graph, earlier, taken, scope, after);
            }
        }
        apply(graph, number, change, scope, after);
        return new Sides(before, after);
    }

    private static void apply(
            ChangeGraph graph, int number, Change change, Scope scope, View view) {
        At at = new At(graph, number);
        Cleared cleared = new Cleared(view);
        for (Operation operation : change.operations()) {
            if (scope.has(operation)) {
                cleared.apply(operation, at);
            }
            at.advance(operation.length());
        }
    }
}
