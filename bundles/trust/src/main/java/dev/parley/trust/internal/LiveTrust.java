package dev.parley.trust.internal;

import dev.parley.identity.api.AgentId;
import dev.parley.network.api.Network;
import dev.parley.trust.api.TrustListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Ends the connections of those who have just been blocked. */
@Component
public final class LiveTrust implements TrustListener {
    private final Network network;

    @Activate
    public LiveTrust(@Reference Network network) {
        this.network = network;
    }

    @Override
    public void changed(AgentId agent) {
        network.recheck();
    }
}
