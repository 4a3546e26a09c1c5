package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestException;
import dev.parley.identity.api.MachineId;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/** Questions to other containers, and their answers on the room's thread. */
final class Requests {
    private static final System.Logger LOG = System.getLogger(Requests.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Actor actor;
    private final Direct direct;

    Requests(Actor actor, Direct direct) {
        this.actor = actor;
        this.direct = direct;
    }

    /** Takes an answer. */
    interface Answered {
        void with(SyncMessage answer);
    }

    /** Hears why there is none. */
    interface Failed {
        void because(String code);
    }

    void send(MachineId to, SyncMessage question, Answered answered, Failed failed) {
        direct.request(to, SyncServer.METHOD, question.encode(), TIMEOUT)
                .whenComplete(
                        (bytes, failure) ->
                                actor.after(
                                        Duration.ZERO,
                                        () -> {
                                            if (failure != null) {
                                                failed.because(code(failure));
                                            } else {
                                                read(to, bytes, answered, failed);
                                            }
                                        }));
    }

    private static void read(MachineId from, byte[] bytes, Answered answered, Failed failed) {
        SyncMessage answer;
        try {
            answer = SyncMessage.decode(bytes);
        } catch (MalformedException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "an answer of {0}: {1}",
                    from.words(),
                    e.getMessage());
            failed.because("MALFORMED");
            return;
        }
        answered.with(answer);
    }

    private static String code(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof RequestException known ? known.code() : "FAILED";
    }
}
