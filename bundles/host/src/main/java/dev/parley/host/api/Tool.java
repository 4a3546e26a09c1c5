package dev.parley.host.api;

import dev.parley.wire.api.Value;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One callable operation of an installed plugin; a service of the plugin's facade bundle, there
 * while the plugin runs. Any thread may call; a call waits for nothing but that the plugin reads
 * it, which a plugin that does not read within five seconds does not outlive; a result is here
 * within the call's deadline of five seconds, or a failure is.
 */
@ProviderType
public interface Tool {
    ToolSpec spec();

    /**
     * @return fails with {@link ToolException}
     */
    CompletionStage<Value> call(Value.Map arguments);
}
