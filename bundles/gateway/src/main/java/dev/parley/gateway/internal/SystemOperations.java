package dev.parley.gateway.internal;

import dev.parley.actor.api.Actors;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.OperationSource;
import dev.parley.host.api.Plugins;
import dev.parley.identity.api.Identity;
import dev.parley.network.api.Network;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.Value;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The container as a whole: who it is, how it is, and its end. */
@Component(service = OperationSource.class)
public final class SystemOperations implements OperationSource {
    private final Identity identity;
    private final Network network;
    private final TrustStore trust;
    private final Plugins plugins;
    private final String version;
    private final Runnable shutdown;

    @Activate
    public SystemOperations(
            BundleContext context,
            @Reference Identity identity,
            @Reference Network network,
            @Reference TrustStore trust,
            @Reference Plugins plugins) {
        this(
                identity,
                network,
                trust,
                plugins,
                context.getBundle().getVersion().toString(),
                () -> stopFramework(context));
    }

    SystemOperations(
            Identity identity,
            Network network,
            TrustStore trust,
            Plugins plugins,
            String version,
            Runnable shutdown) {
        this.identity = identity;
        this.network = network;
        this.trust = trust;
        this.plugins = plugins;
        this.version = version;
        this.shutdown = shutdown;
    }

    private static void stopFramework(BundleContext context) {
        Actors.daemon(
                        "parley-stop",
                        () -> {
                            try {
                                // The answer to the request that asks for it is still to be sent.
                                Thread.sleep(100);
                                context.getBundle(0).stop();
                            } catch (BundleException | InterruptedException e) {
                                System.getLogger(SystemOperations.class.getName())
                                        .log(System.Logger.Level.ERROR, "cannot stop", e);
                            }
                        })
                .start();
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(
                        "status",
                        "/status",
                        "Who this container is and what it is connected to",
                        (arguments, progress) -> status()),
                Operation.get(
                        "health",
                        "/health",
                        "Whether this container can do its work, and why not",
                        (arguments, progress) -> health()),
                Operation.get(
                        "card",
                        "/card",
                        "The signed card that introduces this agent to others",
                        (arguments, progress) -> card()),
                Operation.get(
                        "doctor",
                        "/doctor",
                        "What this container runs on, and what is wrong",
                        (arguments, progress) -> doctor()),
                Operation.of(
                        "shutdown",
                        "POST",
                        "/shutdown",
                        "Stops this container",
                        (arguments, progress) -> {
                            shutdown.run();
                            return Value.map().put("stopping", true).build();
                        }));
    }

    private Value.Map status() {
        return Value.map()
                .put("name", identity.name())
                .put("network", identity.network().toString())
                .put("agent", identity.agent().hex())
                .put("agentWords", identity.agent().words())
                .put("machine", identity.machine().hex())
                .put("listen", network.listenAddress())
                .put("peers", network.peers().size())
                .put("contacts", trust.contacts().size())
                .put("plugins", plugins.list().size())
                .put("version", version)
                .put("uptimeSeconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1000)
                .put("health", health())
                .build();
    }

    private Value.Map health() {
        int connected = network.peers().size();
        List<String> missing = network.unreachable().stream().sorted().toList();
        Optional<String> damage = trust.damage();
        String state;
        String why;
        if (damage.isPresent()) {
            state = "damaged";
            why = damage.get();
        } else if (connected > 0) {
            state = "ok";
            why =
                    connected
                            + " connected"
                            + (missing.isEmpty()
                                    ? ""
                                    : ", but nobody at the configured "
                                            + String.join(", ", missing));
        } else if (missing.isEmpty()) {
            state = "alone";
            why = "nobody is connected, and no peer is configured";
        } else {
            state = "unreachable";
            why = "none of the configured peers answers: " + String.join(", ", missing);
        }
        return Value.map()
                .put("state", state)
                .put("why", why)
                .put("peers", connected)
                .put("missing", Value.texts(missing))
                .build();
    }

    private Value.Map card() {
        return Value.map()
                .put("agent", identity.agent().hex())
                .put("words", identity.agent().words())
                .put("name", identity.name())
                .put("card", identity.card(List.of(network.listenAddress())).text())
                .build();
    }

    private Value.Map doctor() {
        return Value.map()
                .put("version", version)
                .put("java", System.getProperty("java.vm.name") + " " + Runtime.version())
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"))
                .put("pid", ProcessHandle.current().pid())
                .put("listen", network.listenAddress())
                .put("network", identity.network().toString())
                .put("sandbox", plugins.sandbox())
                .put("trust", trust.damage().orElse("ok"))
                .put("health", health())
                .build();
    }
}
