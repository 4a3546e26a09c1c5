package dev.parley.benchmarks.crdt;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.TextEditor;
import dev.parley.crdt.api.Transaction;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A real editing history: positions in code points.
 *
 * @param edits one after the other
 */
record Trace(String name, List<Edit> edits, String end) {
    static final Path TEXT = Path.ROOT.at("t", ObjectType.TEXT);
    private static final int MAX_BYTES = 64 << 20;

    /** One operation. */
    record Edit(int position, int deleted, String inserted) {
        void apply(Transaction transaction) throws dev.parley.crdt.api.RefusedException {
            TextEditor text = transaction.text(TEXT);
            if (deleted > 0) {
                text.delete(position, deleted);
            }
            if (!inserted.isEmpty()) {
                text.insert(position, inserted);
            }
        }
    }

    /** One that was written by one after the other; not a concurrent one. */
    static Trace sequential(java.nio.file.Path file) throws IOException, MalformedException {
        byte[] json;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            json = in.readAllBytes();
        }
        Value.Map trace = (Value.Map) Json.parse(json, MAX_BYTES);
        List<Edit> edits = new ArrayList<>();
        for (Value transaction : list(trace, "txns")) {
            for (Value patch : list((Value.Map) transaction, "patches")) {
                List<Value> parts = ((Value.List) patch).items();
                edits.add(
                        new Edit(
                                (int) ((Value.Int) parts.get(0)).value(),
                                (int) ((Value.Int) parts.get(1)).value(),
                                ((Value.Text) parts.get(2)).value()));
            }
        }
        String end = ((Value.Text) trace.get("endContent").orElseThrow()).value();
        return new Trace(file.getFileName().toString().replace(".json.gz", ""), edits, end);
    }

    /** Writes it as a sequential trace, for programs that read such files. */
    void write(java.nio.file.Path file) throws IOException {
        List<Value> patches = new ArrayList<>(edits.size());
        for (Edit edit : edits) {
            patches.add(
                    Value.list(
                            List.of(
                                    Value.of(edit.position()),
                                    Value.of(edit.deleted()),
                                    Value.of(edit.inserted()))));
        }
        Value transaction = Value.map().put("patches", Value.list(patches)).build();
        Value trace =
                Value.map()
                        .put("kind", "sequential")
                        .put("endContent", end)
                        .put("txns", Value.list(List.of(transaction)))
                        .build();
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(Json.write(trace).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static List<Value> list(Value.Map map, String key) {
        return ((Value.List) map.get(key).orElseThrow()).items();
    }

    static Id author(int number) {
        byte[] bytes = new byte[Id.BYTES];
        bytes[0] = (byte) number;
        bytes[1] = (byte) (number >> 8);
        bytes[31] = 1;
        return Id.of(bytes);
    }
}
