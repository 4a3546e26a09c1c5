package dev.parley.network.api;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/** One connected, authenticated container. Any thread may call; no call blocks. */
@ProviderType
public interface Peer {
    MachineId machine();

    AgentId agent();

    /**
     * @return where it says it listens, {@code host:port}
     */
    String address();

    /**
     * @return whether we dialled it
     */
    boolean outbound();

    /**
     * Opens a stream for a protocol such as {@code /parley/gossip/1}.
     *
     * @return fails with {@link NetworkException}
     */
    CompletionStage<PeerStream> open(String protocol);

    void disconnect(String reason);
}
