package dev.parley.gateway.internal;

import dev.parley.catalog.api.Catalog;
import dev.parley.catalog.api.Entry;
import dev.parley.catalog.api.RefusedException;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.gateway.api.OperationSource;
import dev.parley.host.api.Plugins;
import dev.parley.host.api.Plugins.Consent;
import dev.parley.host.api.Plugins.Progress;
import dev.parley.trust.api.TrustException;
import dev.parley.trust.api.TrustLevel;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.Value;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The plugins of this container, and how one comes in. */
@Component(service = OperationSource.class)
public final class PluginOperations implements OperationSource {
    private static final Duration SHORT = Duration.ofSeconds(60);
    private static final Duration INSTALL = Duration.ofMinutes(11);
    private static final String REF =
            "a name, name@version, publisher/name, or the hash of a descriptor";
    private static final String ID = "the name of an installed plugin";

    private final Plugins plugins;
    private final Catalog catalog;
    private final TrustStore trust;

    @Activate
    public PluginOperations(
            @Reference Plugins plugins, @Reference Catalog catalog, @Reference TrustStore trust) {
        this.plugins = plugins;
        this.catalog = catalog;
        this.trust = trust;
    }

    private interface OnPlugin {
        CompletionStage<Value.Map> apply(String name);
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(
                        "plugins.list",
                        "/plugins",
                        "The installed plugins",
                        (arguments, progress) ->
                                Value.map().put("plugins", Value.list(plugins.list())).build()),
                Operation.of(
                                "plugins.inspect",
                                "POST",
                                "/plugins/inspect",
                                "Who publishes a plugin, what it asks for and how it is confined",
                                (arguments, progress) -> inspect(entry(arguments.text("ref"))))
                        .needs("ref", Type.TEXT, REF),
                Operation.of(
                                "plugins.install",
                                "POST",
                                "/plugins/install",
                                "Fetches, checks and starts a plugin",
                                this::install)
                        .needs("ref", Type.TEXT, REF)
                        .takes(
                                "consent",
                                Type.ANY,
                                "an object: permissions is \"all\", the list you grant, or"
                                        + " [\"none\"]; an empty list agrees to nothing")
                        .takes(
                                "trustPublisher",
                                Type.TEXT,
                                "known or trusted: sets its publisher's level first")
                        .streaming(Operation.Streams.STEPS),
                Operation.of(
                                "plugins.publish",
                                "POST",
                                "/plugins/publish",
                                "Signs a plugin and announces it",
                                (arguments, progress) -> publish(arguments))
                        .needs("path", Type.TEXT, "the absolute path of a jar on this machine")
                        .takes("topic", Type.TEXT, "where to announce it; plugins/general"),
                Operation.get("plugins.get", "/plugins/{id}", "One installed plugin", this::one)
                        .needs("id", Type.TEXT, ID),
                onPlugin(
                        "plugins.uninstall",
                        "DELETE",
                        "/plugins/{id}",
                        "Stops a plugin and removes it",
                        plugins::uninstall),
                onPlugin(
                        "plugins.start",
                        "POST",
                        "/plugins/{id}/start",
                        "Starts a plugin that is stopped or in quarantine",
                        plugins::start),
                onPlugin(
                        "plugins.stop",
                        "POST",
                        "/plugins/{id}/stop",
                        "Stops a plugin until it is started",
                        plugins::stop),
                Operation.get(
                                "plugins.log",
                                "/plugins/{id}/log",
                                "What a plugin wrote, oldest first",
                                (arguments, progress) -> log(arguments))
                        .needs("id", Type.TEXT, ID)
                        .takes("lines", Type.INTEGER, "how many of the last lines; 100"));
    }

    private static Operation onPlugin(
            String name, String method, String path, String summary, OnPlugin action) {
        return Operation.of(
                        name,
                        method,
                        path,
                        summary,
                        (arguments, progress) ->
                                Waiting.join(action.apply(arguments.text("id")), SHORT))
                .needs("id", Type.TEXT, ID);
    }

    /** A descriptor may be announced by others too; this names its announcement by one of them. */
    private static String exactly(Entry entry) {
        return entry.publisher().hex() + "/" + entry.descriptor().hex();
    }

    private Entry entry(String ref) throws OperationException {
        try {
            return catalog.find(ref);
        } catch (RefusedException e) {
            throw Waiting.failure(e);
        }
    }

    private Value.Map inspect(Entry entry) throws OperationException {
        Value.Map offer = Waiting.join(plugins.inspect(exactly(entry)), SHORT);
        Value.MapBuilder whole = Value.map();
        offer.entries().forEach((key, value) -> whole.put(((Value.Text) key).value(), value));
        return whole.put("descriptor", entry.descriptor().hex())
                .put("topic", entry.topic())
                .put("holders", entry.holders().size())
                .build();
    }

    /** The reference is resolved once, so that what is trusted is what is installed. */
    private Value install(Arguments arguments, Consumer<Value> progress) throws OperationException {
        Consent consent = consent(arguments.value("consent"));
        Entry entry = entry(arguments.text("ref"));
        Optional<String> level = arguments.optionalText("trustPublisher");
        if (level.isPresent()) {
            trustPublisher(entry, level.get());
        }
        return Waiting.join(
                plugins.install(exactly(entry), consent, step -> progress.accept(describe(step))),
                INSTALL);
    }

    private static Value.Map describe(Progress progress) {
        Value.MapBuilder described = Value.map().put("step", progress.step());
        if (progress.total() > 0) {
            described
                    .put("bytes", progress.bytes())
                    .put("total", progress.total())
                    .put("holders", progress.holders());
        }
        return described.build();
    }

    private void trustPublisher(Entry entry, String level) throws OperationException {
        TrustLevel wanted =
                switch (level) {
                    case "known" -> TrustLevel.KNOWN;
                    case "trusted" -> TrustLevel.TRUSTED;
                    default ->
                            throw OperationException.invalid(
                                    "trustPublisher is '" + level + "'",
                                    "expected known or trusted");
                };
        TrustLevel now = trust.level(entry.publisher());
        if (now == TrustLevel.BLOCKED) {
            throw new OperationException(
                    Kind.REFUSED,
                    "PUBLISHER_BLOCKED",
                    "its publisher " + entry.publisher().words() + " is blocked here",
                    "'parley contacts set' lifts a block; an install never does");
        }
        if (now.compareTo(wanted) >= 0) {
            return;
        }
        try {
            trust.set(entry.publisher(), wanted, Optional.empty());
        } catch (TrustException e) {
            throw new OperationException(
                    Kind.REFUSED, "CONTACT_NOT_CHANGED", String.valueOf(e.getMessage()), "");
        }
    }

    private static Consent consent(Optional<Value> given) throws OperationException {
        if (given.isEmpty()) {
            return new Consent(false, Set.of());
        }
        Value permissions =
                given.get() instanceof Value.Map map
                        ? map.get("permissions").orElse(Value.NULL)
                        : Value.NULL;
        if (permissions.equals(Value.of("all"))) {
            return new Consent(true, Set.of());
        }
        Set<String> names = new LinkedHashSet<>();
        if (permissions instanceof Value.List list) {
            for (Value item : list.items()) {
                names.add(item instanceof Value.Text text ? text.value() : "");
            }
            if (!names.contains("")) {
                return new Consent(false, names);
            }
        }
        throw OperationException.invalid(
                "consent has no permissions that can be read",
                "expected {\"permissions\":\"all\"}, {\"permissions\":[\"storage:64\"]} or"
                        + " {\"permissions\":[\"none\"]}");
    }

    private Value publish(Arguments arguments) throws OperationException {
        Path path;
        try {
            path = Path.of(arguments.text("path"));
        } catch (InvalidPathException e) {
            throw OperationException.invalid(String.valueOf(e.getMessage()), "");
        }
        if (!path.isAbsolute()) {
            throw OperationException.invalid(
                    "the path is '" + path + "'", "expected an absolute path on this machine");
        }
        String topic = arguments.optionalText("topic").orElse("plugins/general");
        return Waiting.join(plugins.publish(path, topic), SHORT);
    }

    private Value one(Arguments arguments, Consumer<Value> progress) throws OperationException {
        Value name = Value.of(arguments.text("id"));
        for (Value.Map plugin : plugins.list()) {
            if (plugin.get("name").filter(name::equals).isPresent()) {
                return plugin;
            }
        }
        throw notInstalled(arguments.text("id"));
    }

    private Value log(Arguments arguments) throws OperationException {
        long wanted = Math.max(0, arguments.integer("lines", 100));
        List<String> lines =
                plugins.log(arguments.text("id"))
                        .orElseThrow(() -> notInstalled(arguments.text("id")));
        int from = (int) Math.max(0, lines.size() - wanted);
        return Value.map().put("lines", Value.texts(lines.subList(from, lines.size()))).build();
    }

    private static OperationException notInstalled(String name) {
        return new OperationException(
                Kind.NOT_FOUND,
                "NOT_INSTALLED",
                "no plugin '" + name + "' is installed",
                "'parley plugins list' shows those that are");
    }
}
