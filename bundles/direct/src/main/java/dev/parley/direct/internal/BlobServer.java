package dev.parley.direct.internal;

import dev.parley.actor.api.Actors;
import dev.parley.direct.api.MerkleTree;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerStream;
import dev.parley.network.api.ProtocolHandler;
import dev.parley.storage.api.BlobStore;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.PartialBlob;
import dev.parley.wire.api.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/**
 * Serves the chunks of offered blobs; the tree of each is made once, when it is offered.
 *
 * <p>One chunk of a peer is read at a time, and the peers take turns, so that one which asks for
 * much does not delay the others. A peer with more than {@link #MAX_WAITING} wishes open loses the
 * stream; so does one whose stream does not drain, by the network's own limit.
 */
final class BlobServer implements ProtocolHandler, AutoCloseable {
    static final String PROTOCOL = "/parley/blob/1";
    static final int MAX_WAITING = 256;
    private static final System.Logger LOG = System.getLogger(BlobServer.class.getName());

    private record Wish(PeerStream stream, BlobFrame.Get get, boolean waited) {}

    private final BlobStore blobs;
    private final ExecutorService pool = Actors.pool("parley-blob-server", 2, 1024);
    private final Map<Hash, MerkleTree> offered = new ConcurrentHashMap<>();
    private final Map<MachineId, Deque<Wish>> wishes = new HashMap<>();

    BlobServer(BlobStore blobs) {
        this.blobs = blobs;
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }

    void offer(Hash blob) {
        blobs.path(blob)
                .ifPresent(
                        path -> {
                            try {
                                offered.put(blob, MerkleTree.of(path));
                            } catch (IOException e) {
                                LOG.log(System.Logger.Level.WARNING, "cannot offer " + blob, e);
                            }
                        });
    }

    void withdraw(Hash blob) {
        offered.remove(blob);
    }

    @Override
    public String protocol() {
        return PROTOCOL;
    }

    @Override
    public void accept(Peer peer, PeerStream stream) {
        stream.receive(
                frame -> {
                    try {
                        if (!(BlobFrame.decode(frame) instanceof BlobFrame.Get get)
                                || !add(peer.machine(), new Wish(stream, get, false))) {
                            stream.reset();
                        }
                    } catch (MalformedException e) {
                        LOG.log(
                                System.Logger.Level.DEBUG,
                                "blob request from {0}: {1}",
                                peer,
                                e.getMessage());
                        stream.reset();
                    }
                },
                reason -> stream.finish());
    }

    private boolean add(MachineId peer, Wish wish) {
        synchronized (wishes) {
            Deque<Wish> waiting = wishes.get(peer);
            if (waiting == null) {
                waiting = new ArrayDeque<>();
                waiting.add(wish);
                wishes.put(peer, waiting);
                return next(peer);
            }
            return waiting.size() < MAX_WAITING && waiting.add(wish);
        }
    }

    private boolean next(MachineId peer) {
        try {
            pool.execute(() -> serveOne(peer));
            return true;
        } catch (RejectedExecutionException e) {
            synchronized (wishes) {
                Deque<Wish> dropped = wishes.remove(peer);
                if (dropped != null) {
                    dropped.forEach(wish -> wish.stream().reset());
                }
            }
            return false;
        }
    }

    private void serveOne(MachineId peer) {
        Wish wish;
        synchronized (wishes) {
            Deque<Wish> waiting = wishes.get(peer);
            wish = waiting == null ? null : waiting.poll();
            if (wish == null) {
                wishes.remove(peer);
                return;
            }
        }
        if (serve(wish.stream(), wish.get())) {
            next(peer);
        } else if (wish.waited()) {
            wish.stream().reset(); // better an end that is seen than a chunk that never comes
            next(peer);
        } else {
            synchronized (wishes) {
                wishes.getOrDefault(peer, new ArrayDeque<>())
                        .addFirst(new Wish(wish.stream(), wish.get(), true));
            }
            wish.stream().drained().thenRun(() -> next(peer));
        }
    }

    /**
     * @return false if the stream is full or closed
     */
    private boolean serve(PeerStream stream, BlobFrame.Get get) {
        MerkleTree tree = offered.get(get.blob());
        Path path = blobs.path(get.blob()).orElse(null);
        if (tree == null || path == null || get.chunk() >= tree.chunks()) {
            return stream.send(new BlobFrame.NotHere().encode());
        }
        try (FileChannel file = FileChannel.open(path)) {
            ByteBuffer content = ByteBuffer.allocate(PartialBlob.CHUNK_BYTES);
            long at = (long) get.chunk() * PartialBlob.CHUNK_BYTES;
            while (content.hasRemaining() && file.read(content, at + content.position()) >= 0) {
                Thread.onSpinWait();
            }
            byte[] bytes = java.util.Arrays.copyOf(content.array(), content.position());
            return stream.send(
                    new BlobFrame.Chunk(get.chunk(), tree.proof(get.chunk()), bytes).encode());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot read blob " + get.blob(), e);
            return stream.send(new BlobFrame.NotHere().encode());
        }
    }
}
