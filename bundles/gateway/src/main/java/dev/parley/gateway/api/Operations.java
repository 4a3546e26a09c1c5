package dev.parley.gateway.api;

import dev.parley.wire.api.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The table of everything a container can be asked.
 *
 * <p><b>Threads:</b> any thread may call; a call blocks until it is done, at most a minute or, for
 * an install, eleven. <b>Nulls:</b> none.
 */
@ProviderType
public interface Operations {
    /** Ordered by path, then method. */
    List<Operation> list();

    Optional<Operation> find(String name);

    /**
     * @param progress told of long work, on any thread
     * @throws OperationException NO_SUCH_OPERATION, ARGUMENTS_INVALID, or the operation's own code
     */
    Value call(String name, Value.Map arguments, Consumer<Value> progress)
            throws OperationException;
}
