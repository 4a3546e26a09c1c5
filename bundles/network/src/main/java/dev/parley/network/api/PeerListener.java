package dev.parley.network.api;

import org.osgi.annotation.versioning.ConsumerType;

/** Registered as a service; told of peers as they come and go, first of all that are there. */
@ConsumerType
public interface PeerListener {
    /** Called on the network's owner thread, which must not be blocked. */
    void connected(Peer peer);

    void disconnected(Peer peer, String reason);
}
