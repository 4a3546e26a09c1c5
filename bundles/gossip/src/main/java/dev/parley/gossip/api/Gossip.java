package dev.parley.gossip.api;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Spreads messages to every container that can be reached.
 *
 * <p><b>Promise:</b> each subscriber gets each message at most once; lost ones are asked for again
 * while a neighbour keeps them (ten minutes, retained ones until their time is over). No order.
 * <b>Threads:</b> any thread may call; no call blocks; consumers run on the gossip thread and must
 * not block it. <b>Nulls:</b> none.
 */
@ProviderType
public interface Gossip {
    int MAX_PAYLOAD_BYTES = 65_536;

    /**
     * @return the message's id; fails with IllegalStateException if too much waits, or if we stop
     */
    CompletionStage<String> publish(Topic topic, byte[] payload, Retention retention);

    /**
     * @param filter see {@link Topic#matches}; retained messages that are here already come first
     * @return ends the subscription
     */
    AutoCloseable subscribe(String filter, Consumer<GossipMessage> consumer);

    /**
     * @return counters by name: delivered, duplicates, refused by reason, sent, not sent
     */
    Map<String, Long> counters();
}
