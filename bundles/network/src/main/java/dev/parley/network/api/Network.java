package dev.parley.network.api;

import dev.parley.identity.api.MachineId;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Connections to other containers over QUIC. Every peer listed here has proved its machine and
 * agent keys.
 *
 * <p><b>Threads:</b> any thread may call; no call blocks; stages complete on a network thread,
 * which must not be blocked. <b>Nulls:</b> none.
 */
@ProviderType
public interface Network {
    /**
     * @return the {@code host:port} this container listens on
     */
    String listenAddress();

    Collection<Peer> peers();

    Optional<Peer> peer(MachineId machine);

    /**
     * Connects, or returns the connection that is there. One attempt per address is under way at a
     * time.
     *
     * @return fails with {@link NetworkException}
     */
    CompletionStage<Peer> connect(String hostPort);

    /** Stays connected to this address from now on, with back-off from 1 to 60 seconds. */
    void keepConnected(String hostPort);

    /**
     * @return the addresses that this container is told to stay connected to
     */
    Collection<String> keptAddresses();

    /**
     * @return those of them behind which no connected container has been found
     */
    Collection<String> unreachable();

    /** Asks the gates again about every connected peer; called when trust has changed. */
    void recheck();
}
