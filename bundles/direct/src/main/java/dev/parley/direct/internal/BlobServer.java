package dev.parley.direct.internal;

import dev.parley.direct.api.MerkleTree;
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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/** Serves the chunks of offered blobs; the tree of each is made once, when it is offered. */
final class BlobServer implements ProtocolHandler {
    static final String PROTOCOL = "/parley/blob/1";
    private static final System.Logger LOG = System.getLogger(BlobServer.class.getName());

    private final BlobStore blobs;
    private final ExecutorService pool;
    private final Map<Hash, MerkleTree> offered = new ConcurrentHashMap<>();

    BlobServer(BlobStore blobs, ExecutorService pool) {
        this.blobs = blobs;
        this.pool = pool;
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
                        if (BlobFrame.decode(frame) instanceof BlobFrame.Get get) {
                            pool.execute(() -> serve(stream, get));
                        } else {
                            stream.reset();
                        }
                    } catch (MalformedException | RejectedExecutionException e) {
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

    private void serve(PeerStream stream, BlobFrame.Get get) {
        MerkleTree tree = offered.get(get.blob());
        Path path = blobs.path(get.blob()).orElse(null);
        if (tree == null || path == null || get.chunk() >= tree.chunks()) {
            stream.send(new BlobFrame.NotHere().encode());
            return;
        }
        try (FileChannel file = FileChannel.open(path)) {
            ByteBuffer content = ByteBuffer.allocate(PartialBlob.CHUNK_BYTES);
            long at = (long) get.chunk() * PartialBlob.CHUNK_BYTES;
            while (content.hasRemaining() && file.read(content, at + content.position()) >= 0) {
                Thread.onSpinWait();
            }
            byte[] bytes = java.util.Arrays.copyOf(content.array(), content.position());
            BlobFrame.Chunk chunk =
                    new BlobFrame.Chunk(get.chunk(), tree.proof(get.chunk()), bytes);
            if (!stream.send(chunk.encode())) {
                stream.drained()
                        .thenRun(
                                () -> {
                                    if (!stream.send(chunk.encode())) {
                                        stream.reset(); // better an end that is seen than a chunk
                                        // that never comes
                                    }
                                });
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot read blob " + get.blob(), e);
            stream.send(new BlobFrame.NotHere().encode());
        }
    }
}
