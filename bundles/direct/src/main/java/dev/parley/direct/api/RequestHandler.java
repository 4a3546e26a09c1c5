package dev.parley.direct.api;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/** Registered as a service by the room that answers a method. */
@ConsumerType
public interface RequestHandler {
    /** For example {@code catalog.descriptor}; at most 64 characters. */
    String method();

    /**
     * Called on a pool thread; may block shortly. Fail with {@link RequestException} to tell the
     * caller a code.
     */
    CompletionStage<byte[]> handle(Caller caller, byte[] body);
}
