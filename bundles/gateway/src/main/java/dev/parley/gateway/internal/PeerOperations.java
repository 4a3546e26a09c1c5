package dev.parley.gateway.internal;

import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationSource;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.Value;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The containers this one is connected to. */
@Component(service = OperationSource.class)
public final class PeerOperations implements OperationSource {
    private static final Duration CONNECT = Duration.ofSeconds(15);
    private static final Pattern HOST_PORT =
            Pattern.compile("(\\[[0-9a-fA-F:]+]|[A-Za-z0-9.-]+):[0-9]{1,5}");

    private final Network network;
    private final TrustStore trust;

    @Activate
    public PeerOperations(@Reference Network network, @Reference TrustStore trust) {
        this.network = network;
        this.trust = trust;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(
                        "peers.list",
                        "/peers",
                        "The connected containers",
                        (arguments, progress) ->
                                Value.map()
                                        .put(
                                                "peers",
                                                Value.list(
                                                        network.peers().stream()
                                                                .map(this::describe)
                                                                .toList()))
                                        .build()),
                Operation.of(
                                "peers.connect",
                                "POST",
                                "/peers",
                                "Connects to a container",
                                (arguments, progress) -> connect(arguments))
                        .needs("address", Type.TEXT, "where it listens, host:port"));
    }

    private Value connect(Arguments arguments) throws OperationException {
        String address = arguments.text("address");
        if (!HOST_PORT.matcher(address).matches()) {
            throw OperationException.invalid(
                    "the address is '" + address + "'",
                    "expected HOST:PORT, for example 127.0.0.1:4433");
        }
        return describe(Waiting.join(network.connect(address), CONNECT));
    }

    private Value.Map describe(Peer peer) {
        return Value.map()
                .put("agent", peer.agent().hex())
                .put("words", peer.agent().words())
                .put("machine", peer.machine().hex())
                .put("address", peer.address())
                .put("outbound", peer.outbound())
                .put("level", Levels.name(trust.level(peer.agent())))
                .build();
    }
}
