package dev.parley.trust.nodes;

import dev.parley.direct.internal.DirectComponent;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.network.internal.NetworkComponent;
import dev.parley.trust.internal.TrustComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Whole containers in this process, up to the room that is tested. */
public abstract class RunningNodes<N extends RunningNodes.Running> {
    /** One of them. */
    public interface Running {
        LowerRooms lower();

        /** Ends the room that is tested. */
        void closeRoom() throws Exception;

        default IdentityComponent identity() {
            return lower().identity();
        }

        default NetworkComponent network() {
            return lower().network();
        }

        default DirectComponent direct() {
            return lower().direct();
        }

        default TrustComponent trust() {
            return lower().trust();
        }
    }

    private final Path dir;
    private final List<N> running = new ArrayList<>();

    protected RunningNodes(Path dir) {
        this.dir = dir;
    }

    /** Makes the room that is tested, and has the lower ones serve it. */
    protected interface Starting<N> {
        N on(LowerRooms lower) throws Exception;
    }

    /** Starts one; its data is what it was if it ran before. */
    protected final N up(String name, Starting<N> starting) throws Exception {
        N node = starting.on(LowerRooms.open(dir.resolve(name), name));
        running.add(node);
        return node;
    }

    public final void down(N node) throws Exception {
        end(node);
        running.remove(node);
    }

    public final void close() throws Exception {
        for (N node : running) {
            end(node);
        }
        running.clear();
    }

    private void end(N node) throws Exception {
        node.closeRoom();
        node.lower().close();
    }

    public static void connect(Running from, Running to) throws Exception {
        get(from.network().connect(to.network().listenAddress()));
    }

    public static <T> T get(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** What a test waits for. */
    public interface Condition {
        boolean holds() throws Exception;
    }

    public static void await(int seconds, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not so within " + seconds + " s");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
