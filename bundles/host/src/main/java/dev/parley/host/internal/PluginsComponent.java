package dev.parley.host.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.catalog.api.Catalog;
import dev.parley.catalog.api.Descriptor;
import dev.parley.catalog.api.Entry;
import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.crdt.api.Id;
import dev.parley.direct.api.Direct;
import dev.parley.gossip.api.Gossip;
import dev.parley.groups.api.Groups;
import dev.parley.host.api.Plugins;
import dev.parley.host.api.Tool;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.SignedRecord;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import dev.parley.stores.api.Stores;
import dev.parley.trust.api.TrustLevel;
import dev.parley.trust.api.TrustListener;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The life of plugins in this container. Work that blocks runs on one worker, so that installs,
 * stops and starts come one after the other; calls of tools do not pass here.
 */
@Component(
        immediate = true,
        service = {Plugins.class, TrustListener.class},
        configurationPid = "dev.parley.host",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = HostConfig.class)
public final class PluginsComponent implements Plugins, TrustListener {
    private static final System.Logger LOG = System.getLogger(PluginsComponent.class.getName());
    private static final Duration START_LIMIT = Duration.ofSeconds(20);

    private final BundleContext context;
    private final Storage storage;
    private final Gossip gossip;
    private final Stores stores;
    private final Groups groups;
    private final Id self;
    private final TrustStore trust;
    private final Catalog catalog;
    private final Ledger ledger;
    private final Admission admission;
    private final KeyValueStore data;
    private final Actor actor = Actors.create("parley-host", 10_000);
    private final Work work = new Work();
    private final ExecutorService stopper = Actors.pool("parley-host-stopper", 2, 256);
    private final CompletableFuture<Sandbox> sandbox;
    private final Map<String, Ledger.Installed> installed = new ConcurrentHashMap<>();
    private final Map<String, RunningPlugin> running = new ConcurrentHashMap<>();
    private final Facades facades;
    private final Publisher publisher;
    private final Fetching fetching;

    @Activate
    public PluginsComponent(
            BundleContext context,
            HostConfig config,
            @Reference Identity identity,
            @Reference Storage storage,
            @Reference Direct direct,
            @Reference Gossip gossip,
            @Reference Stores stores,
            @Reference Groups groups,
            @Reference TrustStore trust,
            @Reference Catalog catalog)
            throws StorageException, MalformedException {
        this.context = context;
        this.facades = new Facades(context);
        this.publisher = new Publisher(identity, storage, catalog);
        this.fetching = new Fetching(storage.blobs(), catalog, direct);
        this.storage = storage;
        this.gossip = gossip;
        this.stores = stores;
        this.groups = groups;
        this.self = Id.of(identity.agent().bytes());
        this.trust = trust;
        this.catalog = catalog;
        this.ledger = new Ledger(storage.keyValue("plugins"));
        this.admission = new Admission(identity.network(), trust, ledger);
        this.data = storage.keyValue("plugin-data");
        for (Ledger.Installed plugin : ledger.installed()) {
            installed.put(plugin.descriptor().name(), plugin);
        }
        this.sandbox =
                work.run(
                        () ->
                                Sandbox.open(
                                        Path.of(config.isolateJar()),
                                        config.java(),
                                        config.sandbox(),
                                        config.archives()));
        actor.every(Duration.ofSeconds(1), () -> running.values().forEach(RunningPlugin::watch));
        work.run(
                () -> {
                    installed.values().forEach(this::restore);
                    return "restored";
                });
    }

    @Deactivate
    public void close() {
        running.values().forEach(RunningPlugin::stop);
        actor.close();
        work.close();
        stopper.shutdownNow();
        facades.close();
        sandbox.thenAccept(Sandbox::close);
    }

    private void restore(Ledger.Installed plugin) {
        if (!plugin.enabled()
                || trust.level(plugin.descriptor().publisher()) == TrustLevel.BLOCKED) {
            return;
        }
        try {
            run(plugin, bundle(plugin));
        } catch (RefusedException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "{0} was not started again: {1} {2}",
                    plugin.descriptor().name(),
                    e.code(),
                    e.getMessage());
        }
    }

    private Path bundle(Ledger.Installed plugin) throws RefusedException {
        return storage.blobs()
                .path(plugin.descriptor().sha256())
                .orElseThrow(
                        () ->
                                new RefusedException(
                                        ReasonCode.FAILED, "its bundle is gone from the disk"));
    }

    @Override
    public Value.Map sandbox() {
        if (!sandbox.isDone()) {
            return Value.map()
                    .put("tier", "testing")
                    .put("why", "the self-test is under way")
                    .build();
        }
        try {
            return sandbox.join().report();
        } catch (CompletionException e) {
            return Value.map()
                    .put("tier", "unavailable")
                    .put(
                            "why",
                            String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()))
                    .build();
        }
    }

    private record Candidate(Entry entry, SignedRecord signed, Descriptor descriptor) {}

    private Candidate candidate(String ref) throws RefusedException {
        Entry entry = catalog.find(ref);
        admission.entry(entry);
        SignedRecord signed = Work.await(catalog.descriptor(entry), Duration.ofSeconds(30));
        return new Candidate(entry, signed, admission.descriptor(entry, signed, Instant.now()));
    }

    @Override
    public CompletionStage<Value.Map> inspect(String ref) {
        return work.run(
                () -> {
                    Candidate candidate = candidate(ref);
                    Descriptor descriptor = candidate.descriptor();
                    List<Value> permissions = new ArrayList<>();
                    descriptor
                            .permissions()
                            .forEach(
                                    it ->
                                            permissions.add(
                                                    Value.map()
                                                            .put("permission", it.permission())
                                                            .put("reason", it.reason())
                                                            .build()));
                    TrustLevel level = trust.level(descriptor.publisher());
                    return Value.map()
                            .put("name", descriptor.name())
                            .put("bsn", descriptor.bsn())
                            .put("version", descriptor.version())
                            .put("title", descriptor.title())
                            .put("description", descriptor.description())
                            .put("publisher", descriptor.publisher().hex())
                            .put("publisherWords", descriptor.publisher().words())
                            .put("trust", level.name().toLowerCase(java.util.Locale.ROOT))
                            .put("size", descriptor.size())
                            .put("sequence", descriptor.sequence())
                            .put("sha256", descriptor.sha256().hex())
                            .put("permissions", Value.list(permissions))
                            .put("tools", Value.list(descriptor.tools()))
                            .put("sandbox", Work.await(sandbox, START_LIMIT).report())
                            .put("installable", level.compareTo(TrustLevel.KNOWN) >= 0)
                            .build();
                });
    }

    @Override
    public CompletionStage<Value.Map> install(
            String ref, Consent consent, Consumer<Progress> progress) {
        return work.run(
                () -> {
                    progress.accept(new Progress("looking for it"));
                    Candidate candidate = candidate(ref);
                    Descriptor descriptor = candidate.descriptor();
                    Sandbox confined = Work.await(sandbox, START_LIMIT);
                    if (!confined.usable()) {
                        throw new RefusedException(
                                ReasonCode.NO_SANDBOX,
                                IsolateProcess.text(confined.report(), "why"));
                    }
                    Set<String> granted = admission.consent(descriptor, consent);
                    Ledger.Installed old = installed.get(descriptor.name());
                    if (old != null
                            && (!old.descriptor().publisher().equals(descriptor.publisher())
                                    || !old.descriptor().bsn().equals(descriptor.bsn()))) {
                        throw new RefusedException(
                                ReasonCode.ALREADY_INSTALLED,
                                "another plugin called '"
                                        + descriptor.name()
                                        + "' is installed; uninstall it first");
                    }
                    boolean here = storage.blobs().path(descriptor.sha256()).isPresent();
                    Ledger.Installed plugin =
                            new Ledger.Installed(
                                    candidate.signed(),
                                    descriptor,
                                    granted,
                                    candidate.entry().topic(),
                                    true);
                    try {
                        Path jar = fetching.fetch(candidate.entry(), descriptor, progress);
                        progress.accept(new Progress("checking the bundle"));
                        admission.bundle(jar, descriptor);
                        progress.accept(new Progress("starting it in the sandbox"));
                        halt(descriptor.name());
                        run(plugin, jar);
                        admission.entry(candidate.entry()); // trust may have changed meanwhile
                        ledger.commit(plugin);
                    } catch (RefusedException | StorageException | RuntimeException e) {
                        halt(descriptor.name());
                        if (old != null) {
                            restore(old);
                        }
                        if (!here && !inUse(descriptor.sha256())) {
                            storage.blobs().delete(descriptor.sha256());
                        }
                        throw e instanceof StorageException full
                                ? new RefusedException(
                                        Work.code(full.reason().name()), full.getMessage())
                                : e;
                    }
                    installed.put(descriptor.name(), plugin);
                    if (old != null && !old.descriptor().sha256().equals(descriptor.sha256())) {
                        forget(old);
                    }
                    catalog.hold(candidate.entry(), candidate.signed());
                    return describe(plugin);
                });
    }

    /** Serves its bytes no more and removes them, unless another plugin or our own needs them. */
    private void forget(Ledger.Installed plugin) throws StorageException {
        catalog.release(Hash.sha256(plugin.signed().encode()));
        if (!inUse(plugin.descriptor().sha256())) {
            storage.blobs().delete(plugin.descriptor().sha256());
        }
    }

    private boolean inUse(Hash blob) {
        return installed.values().stream().anyMatch(it -> it.descriptor().sha256().equals(blob))
                || catalog.holds(blob);
    }

    /** Starts a plugin and waits until its tools can be called. */
    private void run(Ledger.Installed plugin, Path jar) throws RefusedException {
        Sandbox confined = Work.await(sandbox, START_LIMIT);
        if (!confined.usable()) {
            throw new RefusedException(
                    ReasonCode.NO_SANDBOX, IsolateProcess.text(confined.report(), "why"));
        }
        Descriptor descriptor = plugin.descriptor();
        Bundle facade = facades.open(descriptor);
        String prefix = descriptor.publisher().hex() + "/" + descriptor.bsn() + "/";
        RunningPlugin started =
                new RunningPlugin(
                        descriptor,
                        jar,
                        confined,
                        actor,
                        facade,
                        () ->
                                new Broker(
                                        plugin.granted(),
                                        data,
                                        prefix,
                                        gossip,
                                        stores,
                                        groups,
                                        self,
                                        this::tool));
        running.put(descriptor.name(), started);
        // A block that comes later finds it among the running; this finds one that came before.
        if (trust.level(descriptor.publisher()) == TrustLevel.BLOCKED) {
            halt(descriptor.name());
            throw new RefusedException(
                    ReasonCode.PUBLISHER_BLOCKED, "its publisher is blocked here");
        }
        Work.await(started.start(), START_LIMIT);
    }

    private Optional<Tool> tool(String plugin, String tool) {
        try {
            Collection<org.osgi.framework.ServiceReference<Tool>> found =
                    context.getServiceReferences(
                            Tool.class,
                            "(&(parley.plugin=" + plugin + ")(parley.tool=" + tool + "))");
            return found.stream().findFirst().map(context::getService);
        } catch (InvalidSyntaxException e) {
            return Optional.empty();
        }
    }

    private void halt(String name) {
        RunningPlugin plugin = running.remove(name);
        if (plugin != null) {
            plugin.stop();
        }
        facades.remove(name);
    }

    private Ledger.Installed named(String name) throws RefusedException {
        Ledger.Installed plugin = installed.get(name);
        if (plugin == null) {
            throw new RefusedException(
                    ReasonCode.NOT_INSTALLED,
                    "no plugin '"
                            + name
                            + "' is installed; installed are "
                            + new java.util.TreeSet<>(installed.keySet()));
        }
        return plugin;
    }

    @Override
    public CompletionStage<Value.Map> uninstall(String name) {
        return work.run(
                () -> {
                    Ledger.Installed plugin = named(name);
                    halt(name);
                    ledger.remove(name);
                    installed.remove(name);
                    String prefix =
                            plugin.descriptor().publisher().hex()
                                    + "/"
                                    + plugin.descriptor().bsn()
                                    + "/";
                    for (String key : data.keys(prefix)) {
                        data.delete(key);
                    }
                    forget(plugin);
                    return Value.map().put("uninstalled", name).build();
                });
    }

    @Override
    public CompletionStage<Value.Map> start(String name) {
        return work.run(
                () -> {
                    Ledger.Installed plugin = enabled(named(name), true);
                    if (trust.level(plugin.descriptor().publisher()) == TrustLevel.BLOCKED) {
                        throw new RefusedException(
                                ReasonCode.PUBLISHER_BLOCKED, "its publisher is blocked here");
                    }
                    halt(name);
                    run(plugin, bundle(plugin));
                    return describe(plugin);
                });
    }

    @Override
    public CompletionStage<Value.Map> stop(String name) {
        return work.run(
                () -> {
                    Ledger.Installed plugin = enabled(named(name), false);
                    halt(name);
                    return describe(plugin);
                });
    }

    private Ledger.Installed enabled(Ledger.Installed old, boolean enabled)
            throws StorageException {
        Ledger.Installed plugin =
                new Ledger.Installed(
                        old.signed(), old.descriptor(), old.granted(), old.topic(), enabled);
        ledger.commit(plugin);
        installed.put(plugin.descriptor().name(), plugin);
        return plugin;
    }

    private Value.Map describe(Ledger.Installed plugin) {
        Descriptor descriptor = plugin.descriptor();
        RunningPlugin current = running.get(descriptor.name());
        return Value.map()
                .put("name", descriptor.name())
                .put("bsn", descriptor.bsn())
                .put("version", descriptor.version())
                .put("title", descriptor.title())
                .put("publisher", descriptor.publisher().hex())
                .put("publisherWords", descriptor.publisher().words())
                .put("state", current == null ? "STOPPED" : current.state().name())
                .put("pid", current == null ? 0 : current.pid())
                .put("granted", Value.texts(plugin.granted().stream().sorted().toList()))
                .put("asked", Value.texts(Admission.asked(descriptor)))
                .put(
                        "tools",
                        Value.texts(
                                descriptor.tools().stream()
                                        .map(it -> IsolateProcess.text(it, "name"))
                                        .toList()))
                .build();
    }

    @Override
    public List<Value.Map> list() {
        return installed.values().stream()
                .sorted(java.util.Comparator.comparing(it -> it.descriptor().name()))
                .map(this::describe)
                .toList();
    }

    @Override
    public Optional<List<String>> log(String name) {
        if (!installed.containsKey(name)) {
            return Optional.empty();
        }
        RunningPlugin plugin = running.get(name);
        return Optional.of(plugin == null ? List.of() : plugin.logLines());
    }

    @Override
    public void changed(AgentId agent) {
        if (trust.level(agent) != TrustLevel.BLOCKED) {
            return;
        }
        stopper.execute(
                () ->
                        running.values().stream()
                                .filter(it -> it.descriptor().publisher().equals(agent))
                                .forEach(it -> halt(it.descriptor().name())));
    }

    @Override
    public CompletionStage<Value.Map> publish(Path jar, String topic) {
        return work.run(() -> publisher.publish(jar, topic));
    }
}
