package dev.parley.mls.internal.codec;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/**
 * Reads the official test vectors, which stand beside the project and not in it. Where they are
 * absent a test is skipped and says so.
 */
public final class Vectors {
    private static final Path FOLDER = Path.of("../../../shared/data/mls-vectors");

    private Vectors() {}

    /** One object of a vector file. */
    public record Case(Value.Map map) {
        public Optional<Value> get(String name) {
            return map.get(name).filter(value -> !(value instanceof Value.Null));
        }

        public byte[] hex(String name) {
            return text(get(name).orElseThrow(() -> new AssertionError("no " + name)));
        }

        public Optional<byte[]> optionalHex(String name) {
            return get(name).map(Vectors::text);
        }

        public String string(String name) {
            return ((Value.Text) get(name).orElseThrow()).value();
        }

        public long number(String name) {
            return ((Value.Int) get(name).orElseThrow()).value();
        }

        public Case object(String name) {
            return new Case((Value.Map) get(name).orElseThrow());
        }

        public List<Case> list(String name) {
            return values(name).stream().map(item -> new Case((Value.Map) item)).toList();
        }

        public List<Value> values(String name) {
            return ((Value.List) get(name).orElseThrow()).items();
        }
    }

    public static byte[] text(Value value) {
        return HexFormat.of().parseHex(((Value.Text) value).value());
    }

    /** All cases of a file, at least one. */
    public static List<Case> read(String name) {
        Path file = FOLDER.resolve(name + ".json.gz");
        if (!Files.exists(file)) {
            System.out.println("SKIPPED: the official MLS vectors are not there: " + file);
            Assumptions.abort("no " + file);
        }
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            Value all = Json.parse(in.readAllBytes(), 64 << 20);
            List<Case> cases =
                    ((Value.List) all)
                            .items().stream().map(item -> new Case((Value.Map) item)).toList();
            if (cases.isEmpty()) {
                throw new AssertionError(file + " has no cases");
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
