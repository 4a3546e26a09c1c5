package dev.parley.wire.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A file of {@code docs/protocols/vectors}, whose README says how they are written. */
public final class Vectors {
    /** A message and what a decoder finds in it. */
    public record Good(String name, byte[] bytes, Value.Map fields) {}

    /** Bytes to be refused, and what is said of them. */
    public record Bad(String name, byte[] bytes, String reason, String text) {}

    private final Value.Map file;

    private Vectors(Value.Map file) {
        this.file = file;
    }

    public static Vectors read(String name) {
        try {
            byte[] json = Files.readAllBytes(Path.of("../../docs/protocols/vectors", name));
            return new Vectors((Value.Map) Json.parse(json, 1 << 20));
        } catch (IOException | MalformedException e) {
            throw new AssertionError(e);
        }
    }

    /** A member of the file that is none of those below. */
    public Value value(String name) {
        return member(file, name);
    }

    public String given(String name) {
        return text((Value.Map) member(file, "given"), name);
    }

    public byte[] givenBytes(String name) {
        return bytes(member((Value.Map) member(file, "given"), name));
    }

    public List<Good> good() {
        List<Good> all = new ArrayList<>();
        for (Value.Map it : list("good")) {
            all.add(
                    new Good(
                            text(it, "name"),
                            bytes(member(it, "bytes")),
                            (Value.Map) member(it, "fields")));
        }
        return all;
    }

    public List<Bad> bad() {
        List<Bad> all = new ArrayList<>();
        for (Value.Map it : list("bad")) {
            all.add(
                    new Bad(
                            text(it, "name"),
                            bytes(member(it, "bytes")),
                            text(it, "reason"),
                            text(it, "text")));
        }
        return all;
    }

    private List<Value.Map> list(String name) {
        List<Value.Map> all = new ArrayList<>();
        ((Value.List) member(file, name)).items().forEach(it -> all.add((Value.Map) it));
        assertThat(all).as(name).isNotEmpty();
        return all;
    }

    /** Bytes as these files write them: hex, or pieces to be joined. */
    public byte[] bytes(Value written) {
        if (written instanceof Value.Text text) {
            return piece(text.value());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ((Value.List) written).items().forEach(it -> out.writeBytes(bytes(it)));
        return out.toByteArray();
    }

    private byte[] piece(String piece) {
        int times = piece.indexOf('*');
        if (piece.startsWith("@")) {
            return bytes(member((Value.Map) member(file, "parts"), piece.substring(1)));
        }
        return HexFormat.of()
                .parseHex(
                        times < 0
                                ? piece
                                : piece.substring(0, times)
                                        .repeat(Integer.parseInt(piece.substring(times + 1))));
    }

    private static String text(Value.Map map, String name) {
        return ((Value.Text) member(map, name)).value();
    }

    public static Value member(Value.Map map, String name) {
        return map.get(name).orElseThrow(() -> new AssertionError("no member " + name));
    }
}
