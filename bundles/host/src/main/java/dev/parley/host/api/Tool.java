package dev.parley.host.api;

import dev.parley.wire.api.Value;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One callable operation of an installed plugin, or of the container itself; a service, of a
 * plugin's facade bundle while the plugin runs. Any thread may call; a call waits for nothing but
 * that the plugin reads it, which a plugin that does not read within five seconds does not outlive;
 * a result is here within five seconds, of the container itself within thirty, or a failure is.
 */
@ProviderType
public interface Tool {
    ToolSpec spec();

    /**
     * @return fails with {@link ToolException}
     */
    CompletionStage<Value> call(Value.Map arguments);
}
