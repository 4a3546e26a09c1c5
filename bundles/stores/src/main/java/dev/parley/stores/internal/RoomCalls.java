package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreException.Code;
import java.util.concurrent.CompletableFuture;

/** Runs on the room's thread what others ask of the room, and tells them how it ends. */
final class RoomCalls {
    private final Actor actor;

    /** What is asked of the room. It completes the stage, at once or later. */
    interface Call<T> {
        void run(CompletableFuture<T> done) throws Exception;
    }

    RoomCalls(Actor actor) {
        this.actor = actor;
    }

    /**
     * Any thread. What the call throws fails the stage, as does that too much waits already.
     *
     * @param call is run on the room's thread
     */
    <T> CompletableFuture<T> run(Call<T> call) {
        CompletableFuture<T> done = new CompletableFuture<>();
        boolean told =
                actor.tell(
                        () -> {
                            try {
                                call.run(done);
                            } catch (Exception e) {
                                done.completeExceptionally(Failures.of(e));
                            }
                        });
        if (!told) {
            done.completeExceptionally(
                    new StoreException(Code.BUSY, "too much waits, or the room stops"));
        }
        return done;
    }
}
