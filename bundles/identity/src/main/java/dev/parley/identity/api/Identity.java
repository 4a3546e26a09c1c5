package dev.parley.identity.api;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * This container's own keys.
 *
 * <p><b>Threads:</b> any thread may call; signing takes up to a millisecond. <b>Nulls:</b> none.
 */
@ProviderType
public interface Identity {
    NetworkId network();

    /** What the owner calls this container; not unique. */
    String name();

    PublicKey agentKey();

    PublicKey machineKey();

    AgentId agent();

    MachineId machine();

    Signature signAsAgent(String context, byte[] body);

    Signature signAsMachine(String context, byte[] body);

    /** The current session key; a new one with a new certificate well before the old one ends. */
    SessionSigner session();

    /**
     * @param addresses up to eight {@code host:port} where this container can be reached
     */
    AgentCard card(List<String> addresses);
}
