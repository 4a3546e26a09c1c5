package dev.parley.crdt.internal;

import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.RefusedException.Code;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Builds the states of branches when somebody asks for one, and keeps them for the next time. Used
 * by the one thread that uses the replica.
 */
final class Branches {
    private final Integration integration;
    private final ChangeGraph graph;
    private final Map<String, View> built = new HashMap<>();

    Branches(Integration integration) {
        this.integration = integration;
        this.graph = integration.graph();
    }

    /** Names of those on which somebody wrote, without the main line. */
    List<String> names() {
        TreeSet<String> names = new TreeSet<>();
        for (int line = 0; line < graph.agents().size(); line++) {
            names.add(graph.agents().name(line).branch());
        }
        names.remove("");
        return List.copyOf(names);
    }

    /** What a new change on a branch builds on: the main line if nobody wrote on it. */
    int[] headsFor(String branch) throws RefusedException {
        if (!ChangeCodec.validBranch(branch)) {
            throw new RefusedException(
                    Code.NOT_FOUND,
                    "a branch's name has at most 64 of a-z, 0-9 and ._/-: '" + branch + "'");
        }
        int[] heads = integration.headsOf(branch);
        return heads.length == 0 ? integration.main().heads() : heads;
    }

    /** A branch with these heads. */
    View view(String branch, int[] heads) throws RefusedException {
        View view = built.get(branch);
        if (view != null) {
            try {
                for (int head : heads) {
                    for (int each : integration.rereading().missingIn(view, head)) {
                        if (!view.has(each)) {
                            view.apply(each, integration.rereading().change(each));
                        }
                    }
                }
                return view;
            } catch (ForgottenException e) {
                // The branch now has what lies below a checkpoint, so it is built from there.
                built.remove(branch);
            }
        }
        View fresh = view(heads);
        built.put(branch, fresh);
        return fresh;
    }

    /** The state with these changes and their past, which is not kept. */
    View view(int[] heads) throws RefusedException {
        try {
            return integration.rereading().view(heads);
        } catch (ForgottenException e) {
            throw e.refused();
        }
    }

    /** What was built may have something of a transaction that failed. */
    void clear() {
        built.clear();
    }
}
