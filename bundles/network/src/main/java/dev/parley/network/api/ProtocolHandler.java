package dev.parley.network.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Registered as a service by the room that speaks a protocol; takes the streams that peers open for
 * it.
 */
@ConsumerType
public interface ProtocolHandler {
    /** For example {@code /parley/gossip/1}. */
    String protocol();

    /** Called on a network thread, which must not be blocked. */
    void accept(Peer peer, PeerStream stream);
}
