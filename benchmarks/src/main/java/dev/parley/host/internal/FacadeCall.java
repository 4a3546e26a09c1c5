package dev.parley.host.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.benchmarks.Echo;
import dev.parley.benchmarks.Report;
import dev.parley.benchmarks.Samples;
import dev.parley.catalog.api.Descriptor;
import dev.parley.crdt.api.Id;
import dev.parley.gossip.api.Gossip;
import dev.parley.groups.api.Groups;
import dev.parley.host.api.Tool;
import dev.parley.identity.api.AgentId;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.stores.api.Stores;
import dev.parley.wire.api.Value;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.felix.framework.FrameworkFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

/**
 * A call of a tool by its OSGi service, as anything in a container makes it: through the facade
 * into the sandboxed child and back, one at a time, in the process of the facade. The framework is
 * a real one. Beside it the plugin's own work, which is not ours, and the least that two JVMs need
 * to hand a few bytes to each other and back by pipes.
 *
 * <p>It is in the host's package because what it starts is nobody else's to start.
 */
public final class FacadeCall {
    private static final int WARM = 30_000;
    private static final int CALLS = 50_000;

    private FacadeCall() {}

    /**
     * @param work a folder for a framework's storage
     */
    public static void measure(Path isolateJar, Path plugin, Path work, Report report)
            throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Actor actor = Actors.create("bench", 1000);
        Framework framework = framework(work);
        Facades facades = new Facades(framework.getBundleContext());
        try (Sandbox sandbox = Sandbox.open(isolateJar, java, "auto", "")) {
            BundleLint.Bundle bundle = BundleLint.check(plugin);
            Descriptor descriptor = descriptor(bundle, plugin);
            RunningPlugin running =
                    new RunningPlugin(
                            descriptor,
                            plugin,
                            sandbox,
                            actor,
                            facades.open(descriptor),
                            () ->
                                    new Broker(
                                            Set.of(),
                                            none(KeyValueStore.class),
                                            "",
                                            none(Gossip.class),
                                            none(Stores.class),
                                            none(Groups.class),
                                            Id.of(new byte[Id.BYTES]),
                                            (name, tool) -> Optional.empty()));
            running.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
            Tool tool = service(framework.getBundleContext());
            Value.Map arguments = Value.map().put("name", "you").build();
            Samples facade =
                    timed(
                            () ->
                                    tool.call(arguments)
                                            .toCompletableFuture()
                                            .get(5, TimeUnit.SECONDS));
            running.stop();
            Samples alone = alone(plugin, descriptor.entryClass());
            Samples pipe = pipe(java);
            report.samples(
                    "a tool through its facade (sandbox " + sandbox.tier() + ")", facade, "us");
            report.samples("the plugin's own work, called in one JVM", alone, "us");
            report.samples("two JVMs and their pipes, 64 bytes there and back", pipe, "us");
            report.goal(
                    "facade above the plugin's own work, p50",
                    facade.median() - alone.median(),
                    50,
                    "us");
            report.line(
                    String.format(
                            Locale.ROOT,
                            "%-58s %9.2f us",
                            "  the same, p99",
                            facade.quantile(0.99) - alone.quantile(0.99)));
            report.ratio("facade over pipes", facade, pipe);
        } finally {
            facades.close();
            framework.stop();
            actor.close();
        }
    }

    private static Samples pipe(String java) throws Exception {
        Process echo =
                new ProcessBuilder(
                                java,
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Echo.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        byte[] frame = new byte[Echo.BYTES];
        try (OutputStream out = echo.getOutputStream();
                InputStream in = echo.getInputStream()) {
            return timed(
                    () -> {
                        out.write(frame);
                        out.flush();
                        return in.readNBytes(frame, 0, frame.length);
                    });
        } finally {
            echo.destroy();
        }
    }

    private static Descriptor descriptor(BundleLint.Bundle bundle, Path jar) throws Exception {
        List<Value.Map> tools =
                bundle.plugin().get("tools").orElse(Value.NULL) instanceof Value.List list
                        ? list.items().stream().map(it -> (Value.Map) it).toList()
                        : List.of();
        byte[] content = Files.readAllBytes(jar);
        return new Descriptor(
                bundle.bsn(),
                bundle.version(),
                AgentId.of(new byte[32]),
                content.length,
                Hash.sha256(content),
                Hash.sha256(content),
                IsolateProcess.text(bundle.plugin(), "entryClass"),
                IsolateProcess.text(bundle.plugin(), "name"),
                "",
                "",
                List.of(),
                tools,
                1,
                Hash.of(new byte[Hash.BYTES]),
                Instant.now(),
                "1.0.0");
    }

    /** A framework of its own, as bare as it gets: what is measured is a service like any other. */
    private static Framework framework(Path storage) throws BundleException {
        Framework framework =
                new FrameworkFactory()
                        .newFramework(
                                Map.of(
                                        Constants.FRAMEWORK_STORAGE,
                                        storage.toString(),
                                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                                        "dev.parley.host.api",
                                        "felix.log.level",
                                        "1"));
        framework.start();
        return framework;
    }

    private static Tool service(BundleContext context) {
        ServiceReference<Tool> found = context.getServiceReference(Tool.class);
        return Objects.requireNonNull(context.getService(found), "no tool is registered");
    }

    /** The plugin's own work: its class, called in this JVM with nothing between. */
    private static Samples alone(Path plugin, String entryClass) throws Exception {
        try (URLClassLoader loader =
                new URLClassLoader(
                        new URL[] {plugin.toUri().toURL()}, FacadeCall.class.getClassLoader())) {
            Class<?> type = loader.loadClass(entryClass);
            Object entry = type.getConstructor().newInstance();
            Method greet = type.getMethod("greet", String.class);
            return timed(() -> greet.invoke(entry, "you"));
        }
    }

    private interface Step {
        @Nullable Object run() throws Exception;
    }

    private static Samples timed(Step step) throws Exception {
        double[] micros = new double[CALLS];
        for (int i = -WARM; i < CALLS; i++) {
            long start = System.nanoTime();
            step.run();
            if (i >= 0) {
                micros[i] = (System.nanoTime() - start) / 1e3;
            }
        }
        return Samples.of(micros);
    }

    /** For what this plugin, which has no grants, can never ask. */
    private static <T> T none(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        FacadeCall.class.getClassLoader(),
                        new Class<?>[] {type},
                        (self, method, arguments) -> {
                            throw new UnsupportedOperationException(method.getName());
                        }));
    }
}
