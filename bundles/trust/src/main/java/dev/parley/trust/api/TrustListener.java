package dev.parley.trust.api;

import dev.parley.identity.api.AgentId;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Registered as a service; told after a contact has changed, on the thread that changed it. Must
 * not block.
 */
@ConsumerType
public interface TrustListener {
    void changed(AgentId agent);
}
