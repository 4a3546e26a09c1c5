package dev.parley.gateway.internal;

import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.gateway.api.OperationSource;
import dev.parley.host.api.Plugins;
import dev.parley.host.api.Tool;
import dev.parley.host.api.ToolSpec;
import dev.parley.wire.api.Value;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The tools of the plugins that run. */
@Component(service = OperationSource.class)
public final class ToolOperations implements OperationSource {
    private static final Duration CALL = Duration.ofSeconds(30);

    private final List<Tool> tools = new CopyOnWriteArrayList<>();
    private final List<Plugins> plugins = new CopyOnWriteArrayList<>();

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addTool(Tool tool) {
        tools.add(tool);
    }

    public void removeTool(Tool tool) {
        tools.remove(tool);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addPlugins(Plugins some) {
        plugins.add(some);
    }

    public void removePlugins(Plugins some) {
        plugins.remove(some);
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(
                        "tools.list",
                        "/tools",
                        "The tools that can be called, with their schemas",
                        (arguments, progress) ->
                                Value.map()
                                        .put(
                                                "tools",
                                                Value.list(
                                                        tools.stream()
                                                                .map(Tool::spec)
                                                                .sorted(
                                                                        Comparator.comparing(
                                                                                        ToolSpec
                                                                                                ::plugin)
                                                                                .thenComparing(
                                                                                        ToolSpec
                                                                                                ::name))
                                                                .map(ToolOperations::describe)
                                                                .toList()))
                                        .build()),
                Operation.of(
                                "tools.call",
                                "POST",
                                "/tools/{plugin}/{tool}",
                                "Calls a tool; the answer is the tool's own",
                                (arguments, progress) -> call(arguments))
                        .needs("plugin", Type.TEXT, "the name of a plugin")
                        .needs("tool", Type.TEXT, "the name of one of its tools")
                        .needs("arguments", Type.BODY, "what the tool's inputSchema says"));
    }

    private Value call(Arguments arguments) throws OperationException {
        String plugin = arguments.text("plugin");
        String name = arguments.text("tool");
        Tool tool =
                tools.stream()
                        .filter(it -> it.spec().plugin().equals(plugin))
                        .filter(it -> it.spec().name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> noSuchTool(plugin, name));
        Value.Map given = (Value.Map) arguments.value("arguments").orElse(Value.map().build());
        return Waiting.join(tool.call(given), CALL);
    }

    private OperationException noSuchTool(String plugin, String name) {
        for (Value.Map it : plugins.stream().flatMap(some -> some.list().stream()).toList()) {
            String state =
                    it.get("state").orElse(Value.NULL) instanceof Value.Text t ? t.value() : "";
            if (it.get("name").equals(Optional.of(Value.of(plugin))) && !state.equals("RUNNING")) {
                return new OperationException(
                        Kind.UNAVAILABLE,
                        "PLUGIN_NOT_RUNNING",
                        "the plugin '" + plugin + "' is " + state + ", not RUNNING",
                        state.equals("STARTING") || state.equals("BACKING_OFF")
                                ? "it is started again by itself; try again in a few seconds"
                                : "'parley plugins start " + plugin + "' starts it");
            }
        }
        return new OperationException(
                Kind.NOT_FOUND,
                "NO_SUCH_TOOL",
                "no running plugin '" + plugin + "' has a tool '" + name + "'",
                "'parley tools' lists those that can be called");
    }

    private static Value.Map describe(ToolSpec spec) {
        return Value.map()
                .put("plugin", spec.plugin())
                .put("name", spec.name())
                .put("title", spec.title())
                .put("description", spec.description())
                .put("effects", spec.effects())
                .put("audience", spec.audience())
                .put("inputSchema", spec.inputSchema())
                .put("outputSchema", spec.outputSchema())
                .build();
    }
}
