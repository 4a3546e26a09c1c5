package dev.parley.gateway.internal;

import dev.parley.actor.api.Actors;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.Operations;
import dev.parley.host.api.Tool;
import dev.parley.host.api.ToolException;
import dev.parley.host.api.ToolSpec;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The container's own operations as tools, in the registry of those of plugins. The part of an
 * operation's name before the first dot is the room, and its tools are those of {@code
 * parley.ROOM}, which no plugin can be called: a plugin's name has no dot. So a plugin cannot take
 * their place, and cannot be granted to call them.
 */
@Component(
        service = {},
        immediate = true)
public final class OwnTools {
    /** Whose operations are offered; the others are for the owner of the container alone. */
    private static final List<String> ROOMS = List.of("stores", "groups");

    private static final int THREADS = 4;
    private static final int WAITING = 64;

    private final ExecutorService pool = Actors.pool("parley-tools", THREADS, WAITING);
    private final List<ServiceRegistration<Tool>> registrations = new ArrayList<>();

    @Activate
    public OwnTools(BundleContext context, @Reference Operations operations) {
        for (Tool tool : of(operations, pool)) {
            registrations.add(context.registerService(Tool.class, tool, null));
        }
    }

    @Deactivate
    public void stop() {
        registrations.forEach(ServiceRegistration::unregister);
        pool.shutdownNow();
    }

    /** One for each operation that answers once. */
    static List<Tool> of(Operations operations, ExecutorService pool) {
        List<Tool> tools = new ArrayList<>();
        for (Operation operation : operations.list()) {
            String name = operation.name();
            int dot = name.indexOf('.');
            if (dot > 0
                    && ROOMS.contains(name.substring(0, dot))
                    && operation.streams() == Operation.Streams.NOTHING) {
                tools.add(new OwnTool(operations, operation, spec(operation, dot), pool));
            }
        }
        return tools;
    }

    private static ToolSpec spec(Operation operation, int dot) {
        return new ToolSpec(
                "parley." + operation.name().substring(0, dot),
                operation.name().substring(dot + 1),
                operation.summary(),
                operation.summary(),
                OpenApi.input(operation),
                Value.map().put("type", "object").build(),
                operation.method().equals("GET") ? "read" : "write",
                "local");
    }

    private record OwnTool(
            Operations operations, Operation operation, ToolSpec spec, ExecutorService pool)
            implements Tool {
        @Override
        public CompletionStage<Value> call(Value.Map arguments) {
            CompletableFuture<Value> answer = new CompletableFuture<>();
            try {
                pool.execute(() -> answer(arguments, answer));
            } catch (RejectedExecutionException e) {
                answer.completeExceptionally(
                        new ToolException("BUSY", "too many calls wait, or the container stops"));
            }
            return answer;
        }

        private void answer(Value.Map arguments, CompletableFuture<Value> answer) {
            try {
                answer.complete(operations.call(operation.name(), arguments, progress -> {}));
            } catch (OperationException e) {
                ToolException failure = new ToolException(e.code(), e.getMessage());
                failure.initCause(e);
                answer.completeExceptionally(failure);
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        }
    }
}
