package dev.parley.benchmarks;

import dev.parley.direct.api.BlobRequest;
import dev.parley.direct.api.MerkleTree;
import dev.parley.direct.internal.DirectComponent;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.network.internal.NetworkComponent;
import dev.parley.storage.api.Hash;
import dev.parley.storage.internal.StorageComponent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * 100 MB from one agent to another, as four blobs of 25 MB (a blob has at most 32 MiB), by the
 * rooms themselves in one JVM on loopback: QUIC, a Merkle proof for each chunk, the SHA-256 of the
 * whole, and the file on the disk. Beside it the same files through a TLS 1.3 socket of the JDK
 * into files, with no check but TLS's own, and the same with the SHA-256 of what came.
 */
final class BlobTransfer {
    private static final int BLOBS = 4;
    private static final int BYTES = 25_000_000;

    private BlobTransfer() {}

    private record Agent(
            IdentityComponent identity,
            NetworkComponent network,
            StorageComponent storage,
            DirectComponent direct)
            implements AutoCloseable {
        static Agent start(Path dir, String name) throws Exception {
            IdentityComponent identity =
                    new IdentityComponent(dir, new NetworkId("parley.benchmarks"), name);
            NetworkComponent network =
                    new NetworkComponent("127.0.0.1:0", List.of(), dir.toString(), identity);
            StorageComponent storage = new StorageComponent(dir);
            DirectComponent direct = new DirectComponent(network, storage);
            direct.protocols().forEach(network::addHandler);
            return new Agent(identity, network, storage, direct);
        }

        @Override
        public void close() throws IOException {
            direct.close();
            network.close();
            storage.close();
        }
    }

    static void measure(Path folder, int repetitions, Report report) throws Exception {
        Logger.getLogger("dev.parley").setLevel(Level.WARNING);
        double[] ours = new double[repetitions];
        double[] tls = new double[repetitions];
        double[] hashed = new double[repetitions];
        try (Agent alice = Agent.start(Files.createDirectory(folder.resolve("a")), "alice");
                Agent bob = Agent.start(Files.createDirectory(folder.resolve("b")), "bob")) {
            bob.network()
                    .connect(alice.network().listenAddress())
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            for (int i = -2; i < repetitions; i++) {
                List<Path> files = new ArrayList<>();
                List<BlobRequest> requests = new ArrayList<>();
                for (int blob = 0; blob < BLOBS; blob++) {
                    byte[] content = new byte[BYTES];
                    new Random(100L * i + blob).nextBytes(content);
                    Hash hash = alice.storage().blobs().put(content);
                    Path file = alice.storage().blobs().path(hash).orElseThrow();
                    alice.direct().offer(hash);
                    files.add(file);
                    requests.add(new BlobRequest(hash, BYTES, MerkleTree.of(file).root()));
                }
                double quic = fetch(alice, bob, requests);
                double plain = copy(files, folder, false);
                double checked = copy(files, folder, true);
                if (i >= 0) {
                    ours[i] = quic;
                    tls[i] = plain;
                    hashed[i] = checked;
                }
                for (BlobRequest request : requests) {
                    alice.direct().withdraw(request.sha256());
                    alice.storage().blobs().delete(request.sha256());
                    bob.storage().blobs().delete(request.sha256());
                }
            }
        }
        report.samples("100 MB by direct over QUIC, all checks", Samples.of(ours), "MB/s");
        report.samples("100 MB through a TLS 1.3 socket", Samples.of(tls), "MB/s");
        report.samples("  the same and its SHA-256", Samples.of(hashed), "MB/s");
        report.ratio("rate over TLS", Samples.of(ours), Samples.of(tls));
        report.ratio("rate over TLS with SHA-256", Samples.of(ours), Samples.of(hashed));
    }

    private static double rate(long start) {
        return (double) BLOBS * BYTES / 1e6 / ((System.nanoTime() - start) / 1e9);
    }

    private static double fetch(Agent alice, Agent bob, List<BlobRequest> requests)
            throws Exception {
        long start = System.nanoTime();
        for (BlobRequest request : requests) {
            bob.direct()
                    .fetch(request, List.of(alice.identity().machine()), bytes -> {})
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
        }
        return rate(start);
    }

    private static double copy(List<Path> files, Path folder, boolean check) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(
                new KeyManager[] {TlsPeer.key()},
                new TrustManager[] {TlsPeer.anybody()},
                new SecureRandom());
        try (SSLServerSocket server =
                        (SSLServerSocket)
                                context.getServerSocketFactory()
                                        .createServerSocket(
                                                0, 1, java.net.InetAddress.getLoopbackAddress());
                SSLSocket to =
                        (SSLSocket)
                                context.getSocketFactory()
                                        .createSocket(
                                                server.getInetAddress(), server.getLocalPort());
                SSLSocket from = (SSLSocket) server.accept()) {
            CountDownLatch begin = new CountDownLatch(1);
            Thread sender =
                    new Thread(
                            () -> {
                                try (OutputStream out = from.getOutputStream()) {
                                    from.startHandshake();
                                    begin.await();
                                    for (Path file : files) {
                                        try (InputStream in = Files.newInputStream(file)) {
                                            byte[] part = new byte[65_536];
                                            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                                                out.write(part, 0, n);
                                            }
                                        }
                                    }
                                } catch (IOException | InterruptedException e) {
                                    System.err.println("the TLS peer failed: " + e);
                                }
                            });
            sender.setDaemon(true);
            sender.start();
            to.startHandshake();
            long start = System.nanoTime();
            begin.countDown();
            InputStream in = to.getInputStream();
            byte[] part = new byte[65_536];
            for (int blob = 0; blob < files.size(); blob++) {
                Path file = folder.resolve("copy");
                try (OutputStream out = Files.newOutputStream(file)) {
                    for (int left = BYTES; left > 0; ) {
                        int n = in.read(part, 0, Math.min(left, part.length));
                        if (n < 0) {
                            throw new IOException("the TLS peer ended early");
                        }
                        out.write(part, 0, n);
                        left -= n;
                    }
                }
                if (check) {
                    Hash.sha256(Files.readAllBytes(file));
                }
                Files.delete(file);
            }
            return rate(start);
        }
    }
}
