package dev.parley.network.api;

import dev.parley.wire.api.Frame;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Frames in both directions, in order, on one QUIC stream.
 *
 * <p><b>Threads:</b> any thread may call; no call blocks. The callbacks run on a network thread,
 * one at a time, and must not block it. <b>Frames:</b> types 0 and 255 are the network's own; a
 * frame has at most {@link #MAX_FRAME_BYTES}.
 */
@ProviderType
public interface PeerStream {
    /** Type and body; room for a body of 1 MiB with a few fields before it. */
    int MAX_FRAME_BYTES = (1 << 20) + 128;

    /** How many bytes may wait to be sent on one stream. */
    int MAX_PENDING_BYTES = 4 << 20;

    /** Says who takes the frames; frames that came before are handed over at once. Set it once. */
    void receive(Consumer<Frame> frames, Consumer<String> closed);

    /**
     * @return false if the stream is closed or {@link #MAX_PENDING_BYTES} wait already; the frame
     *     is then not sent
     */
    boolean send(Frame frame);

    /**
     * @return completes when less than a quarter of {@link #MAX_PENDING_BYTES} waits, or the stream
     *     is closed
     */
    CompletionStage<Void> drained();

    /** Sends what waits and then the end of our side. */
    void finish();

    /** Ends both sides at once. */
    void reset();

    /** Stops reading; what the other end sends then waits there. */
    void pause();

    void resume();
}
