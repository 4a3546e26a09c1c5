package dev.parley.gossip.internal;

import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.KeyFileException;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.wire.api.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One gossip message of 256 bytes: signed by its author, and decoded and checked by who gets it;
 * beside them the hybrid signature that the session key spares.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EnvelopeBenchmark {
    private static final NetworkId NETWORK = new NetworkId("parley.benchmarks");
    private static final byte[] PAYLOAD = new byte[256];

    private final IdentityComponent identity = identity();
    private long sequence;
    private final byte[] encoded = signed().encoded();

    private static IdentityComponent identity() {
        try {
            Path dir = Files.createTempDirectory("parley-envelope-");
            IdentityComponent identity = new IdentityComponent(dir, NETWORK, "bench");
            try (Stream<Path> files = Files.walk(dir)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
            return identity;
        } catch (IOException | KeyFileException e) {
            throw new IllegalStateException(e);
        }
    }

    private Envelope signed() {
        return Envelope.sign(
                identity.session(),
                NETWORK,
                ++sequence,
                Instant.now(),
                Retention.NONE,
                new Topic("bench/one"),
                PAYLOAD);
    }

    @Benchmark
    public Object sign() {
        return signed();
    }

    @Benchmark
    public boolean decodeAndVerify() throws MalformedException {
        return Envelope.decode(encoded).verify(identity.session().certificate(), NETWORK);
    }

    @Benchmark
    public Object signHybrid() {
        return identity.signAsAgent("parley.bench.v1", PAYLOAD);
    }
}
