package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MemoryHistory;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.SignatureCheck;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.ByteWriter;
import dev.parley.crdt.internal.columns.Deflate;
import dev.parley.crdt.internal.columns.PackedBytes;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/protocols/vectors/0010-files.json}: the histories of {@code 0010.json} as files, and
 * their states as snapshots. Nothing in it is deflated, because that has more than one form.
 */
class FileVectorsTest {
    private static final long LATER = Replicas.NOW + 86_400_000L;
    private static final SignatureCheck CHECK =
            (author, signed, signature) -> Arrays.equals(signature, signature(signed));

    /** What stands for a signature: the first four bytes of the id. */
    private static byte[] signature(Id id) {
        return Arrays.copyOf(id.bytes(), 4);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] bytes(Map<?, ?> map, String key) {
        return HexFormat.of().parseHex((String) VectorHistory.get(map, key));
    }

    private static Replica replica(Map<?, ?> history) throws Exception {
        Replica replica = Replica.create(StoreInfo.decode(bytes(history, "store")));
        for (Object each : (List<?>) VectorHistory.get(history, "changes")) {
            byte[] body = bytes((Map<?, ?>) each, "bytes");
            Id id = Sha256.of(body);
            replica.receive(new SignedChange(body, signature(id)), LATER);
        }
        return replica;
    }

    /** The same file with each column as it is before it is deflated. */
    private static byte[] inflated(byte[] file) throws Exception {
        ByteReader in = new ByteReader(file);
        ByteWriter out = new ByteWriter();
        out.writeVarint(in.readVarint());
        int info = in.readInt(512, "store");
        out.writeVarint(info).writeBytes(in.readBytes(info));
        out.writeVarint(in.readVarint());
        int columns = in.readInt(64, "columns");
        out.writeVarint(columns);
        for (int i = 0; i < columns; i++) {
            out.writeVarint(in.readVarint());
            int raw = in.readInt(1 << 20, "raw");
            int stored = in.readInt(raw, "stored");
            byte[] bytes = in.readBytes(stored);
            out.writeVarint(raw).writeVarint(raw);
            out.writeBytes(stored == raw ? bytes : Deflate.inflate(bytes, raw, 1 << 20));
        }
        in.finish();
        return out.toBytes();
    }

    private static byte[] inflatedSnapshot(byte[] file) throws Exception {
        ByteReader in = new ByteReader(file);
        in.readVarint();
        int raw = in.readInt(1 << 20, "raw");
        return PackedBytes.read(in.slice(in.readInt(1 << 20, "as parts")), raw);
    }

    private static byte[] idsApart(Snapshot snapshot) {
        int length = snapshot.withoutIds().length;
        return Arrays.copyOfRange(snapshot.file(), length, snapshot.file().length);
    }

    private static List<?> histories() throws Exception {
        java.nio.file.Path path = java.nio.file.Path.of("../../docs/protocols/vectors/0010.json");
        Object file = Json.read(Files.readString(path));
        assertThat(file).isInstanceOf(Map.class);
        return (List<?>)
                VectorHistory.get((Map<?, ?>) java.util.Objects.requireNonNull(file), "histories");
    }

    @Test
    void theVectorsAreWhatThisCodeMakesAndReads() throws Exception {
        List<Map<String, @Nullable Object>> files = new ArrayList<>();
        for (Object each : histories()) {
            Map<?, ?> history = (Map<?, ?>) each;
            Replica replica = replica(history);
            Snapshot snapshot = replica.snapshot(replica.heads(""), true);
            files.add(
                    Described.map(
                            "name",
                            VectorHistory.get(history, "name"),
                            "history file",
                            hex(inflated(replica.save())),
                            "snapshot",
                            hex(inflatedSnapshot(snapshot.file())),
                            "ids apart",
                            hex(idsApart(snapshot)),
                            "checkpoint",
                            hex(snapshot.checkpoint().encode()),
                            "signed",
                            snapshot.checkpoint().id().hex()));
        }
        Map<?, ?> file =
                VectorHistory.file(
                        "0010-files.json",
                        Described.map(
                                "about",
                                "The histories of 0010.json as files (docs/protocols/"
                                        + "0010-crdt-changes.md); signatures are the first 4 bytes"
                                        + " of the id, and nothing is deflated",
                                "files",
                                files));
        List<?> read = (List<?>) VectorHistory.get(file, "files");
        List<?> histories = histories();
        for (int i = 0; i < read.size(); i++) {
            Replica expected = replica((Map<?, ?>) histories.get(i));
            Map<?, ?> vector = (Map<?, ?>) read.get(i);
            Replica loaded =
                    Replica.load(
                            bytes(vector, "history file"),
                            LATER,
                            CHECK,
                            new MemoryHistory(),
                            event -> {});
            assertThat(loaded.heads()).isEqualTo(expected.heads());
            assertThat(loaded.state().hash()).isEqualTo(expected.state().hash());
            byte[] raw = bytes(vector, "snapshot");
            Checkpoint checkpoint = Checkpoint.decode(bytes(vector, "checkpoint"));
            assertThat(checkpoint.snapshot()).isEqualTo(Sha256.of(raw));
            byte[] ids = bytes(vector, "ids apart");
            for (byte[] apart : new byte[][] {ids, {}}) {
                Replica restored =
                        Replica.fromCheckpoint(
                                checkpoint,
                                new StoreSnapshotWriter.Written(raw, apart).packed(),
                                new MemoryHistory(),
                                event -> {});
                assertThat(restored.state().hash()).isEqualTo(expected.state().hash());
                assertThat(restored.lacksIds()).isEqualTo(apart.length < ids.length);
            }
        }
    }
}
