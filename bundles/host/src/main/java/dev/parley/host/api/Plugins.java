package dev.parley.host.api;

import dev.parley.wire.api.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Installs, runs and removes plugins.
 *
 * <p><b>Threads:</b> any thread may call; no call blocks. <b>Failure:</b> stages fail with {@code
 * dev.parley.catalog.api.RefusedException} and a stable code; nothing half-installed remains.
 * <b>Values</b> are maps with text keys, as the surfaces show them ({@code
 * docs/user-guide/rest.md}).
 */
@ProviderType
public interface Plugins {
    /** What the owner must agree to: these permissions, or all that are asked for. */
    record Consent(boolean all, Set<String> permissions) {
        public Consent {
            permissions = Set.copyOf(permissions);
        }
    }

    /**
     * What an install does. While it fetches, {@code total} is the size and {@code holders} is from
     * how many containers; else they are 0.
     */
    record Progress(String step, long bytes, long total, int holders) {
        public Progress(String step) {
            this(step, 0, 0, 0);
        }
    }

    /**
     * Shows who publishes it, what it asks for, how it would be confined and whether it may be
     * installed.
     */
    CompletionStage<Value.Map> inspect(String ref);

    /**
     * @param progress told on the worker of the installs, which waits for it
     */
    CompletionStage<Value.Map> install(String ref, Consent consent, Consumer<Progress> progress);

    CompletionStage<Value.Map> uninstall(String name);

    CompletionStage<Value.Map> start(String name);

    CompletionStage<Value.Map> stop(String name);

    List<Value.Map> list();

    /**
     * @return the last lines of the plugin's log, oldest first; nothing if it is not installed
     */
    Optional<List<String>> log(String name);

    /** Checks a bundle as an installer would, signs its descriptor and announces it. */
    CompletionStage<Value.Map> publish(Path jar, String topic);

    /**
     * @return the sandbox tier in use, and why
     */
    Value.Map sandbox();
}
