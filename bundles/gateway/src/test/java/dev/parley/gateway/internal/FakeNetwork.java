package dev.parley.gateway.internal;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.network.api.NetworkException;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A network whose peers are whatever the test says. */
final class FakeNetwork implements Network {
    final List<Peer> peers = new ArrayList<>();
    final List<String> kept = new ArrayList<>();

    record FakePeer(AgentId agent, MachineId machine, String address, boolean outbound)
            implements Peer {
        @Override
        public CompletionStage<PeerStream> open(String protocol) {
            return new CompletableFuture<>();
        }

        @Override
        public void disconnect(String reason) {}
    }

    @Override
    public String listenAddress() {
        return "127.0.0.1:4000";
    }

    @Override
    public Collection<Peer> peers() {
        return List.copyOf(peers);
    }

    @Override
    public Optional<Peer> peer(MachineId machine) {
        return peers.stream().filter(peer -> peer.machine().equals(machine)).findFirst();
    }

    @Override
    public CompletionStage<Peer> connect(String hostPort) {
        return CompletableFuture.failedFuture(
                new NetworkException(
                        NetworkException.Code.UNREACHABLE, "nobody answers at " + hostPort));
    }

    @Override
    public void keepConnected(String hostPort) {
        kept.add(hostPort);
    }

    @Override
    public Collection<String> unreachable() {
        return keptAddresses().stream()
                .filter(it -> peers().stream().noneMatch(peer -> peer.address().equals(it)))
                .toList();
    }

    @Override
    public Collection<String> keptAddresses() {
        return List.copyOf(kept);
    }

    @Override
    public void recheck() {}
}
