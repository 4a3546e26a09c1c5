package dev.parley.benchmarks;

import dev.parley.direct.api.MerkleTree;
import dev.parley.storage.api.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The tree over a blob of 10 MiB, beside one SHA-256 over the same bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MerkleBenchmark {
    private final byte[] content = new byte[10 << 20];
    private Path file = Path.of("");

    @Setup
    public void write() throws IOException {
        new Random(1).nextBytes(content);
        file = Files.createTempFile("parley-merkle-", ".blob");
        Files.write(file, content);
    }

    @TearDown
    public void delete() throws IOException {
        Files.delete(file);
    }

    @Benchmark
    public Hash treeOfAFile() throws IOException {
        return MerkleTree.of(file).root();
    }

    @Benchmark
    public Hash oneHashOfAFile() throws IOException {
        return Hash.sha256(Files.readAllBytes(file));
    }
}
