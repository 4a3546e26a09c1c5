package dev.parley.groups.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.groups.api.GroupId;
import dev.parley.identity.api.AgentId;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.vectors.Vectors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Makes {@code 0013-groups.json} with {@code -Dvectors.write=true}, and otherwise compares. */
class VectorsTest {
    private static final Path FILE = Path.of("../../docs/protocols/vectors/0013-groups.json");
    private static final HexFormat HEX = HexFormat.of();

    private static byte[] fill(int value, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static final GroupId GROUP = GroupId.of(fill(1, 32));
    private static final AgentId ALICE = AgentId.of(fill(2, 32));
    private static final AgentId BOB = AgentId.of(fill(3, 32));
    private static final Hash EPOCH = Hash.of(fill(4, 32));
    private static final Hash NEXT = Hash.of(fill(5, 32));
    private static final byte[] INVITE = fill(6, 16);
    private static final Instant EXPIRES = Instant.ofEpochSecond(1_800_000_000);

    private static Charter charter() {
        return new Charter(
                "friends", "of old", fill(7, 32), new TreeSet<>(List.of(BOB, ALICE)), false);
    }

    private static Map<String, byte[]> good() {
        List<Step> lineage =
                List.of(
                        new Step(EPOCH, 1, ALICE, List.of()),
                        new Step(NEXT, 0, ALICE, List.of(BOB)));
        List<UsedInvite> used = List.of(new UsedInvite(HEX.formatHex(INVITE), BOB, EXPIRES));
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("item: commit", new Item.Commit(EPOCH, fill(8, 3)).encode());
        all.put("item: message", new Item.Message(EPOCH, fill(8, 3)).encode());
        all.put("item: head", new Item.Head(EPOCH, 7).encode());
        all.put("question: join", join().encode());
        all.put(
                "question: welcome",
                new SyncMessage.Welcome(fill(9, 3), fill(10, 4), used, lineage).encode());
        all.put(
                "question: pull",
                new SyncMessage.Pull(GROUP, List.of(NEXT), List.of(EPOCH), List.of(1L, -1L))
                        .encode());
        all.put(
                "question: pulled",
                new SyncMessage.Pulled(
                                NEXT,
                                9,
                                3,
                                true,
                                false,
                                true,
                                List.of(new Item.Message(EPOCH, fill(8, 3))),
                                used,
                                lineage)
                        .encode());
        all.put("question: ask group info", new SyncMessage.AskInfo(GROUP).encode());
        all.put(
                "question: group info",
                new SyncMessage.Info(fill(9, 3), fill(10, 4), List.of(), lineage).encode());
        all.put("question: large", new SyncMessage.Large(EPOCH, 1_000_000).encode());
        all.put("question: ask piece", new SyncMessage.AskPiece(EPOCH, 900_000).encode());
        all.put("question: piece", new SyncMessage.Piece(fill(11, 5)).encode());
        all.put(
                "content: said",
                new Content(
                                Content.Kind.SAID,
                                1_767_225_600_000L << 16,
                                "text/plain",
                                "hello".getBytes(StandardCharsets.US_ASCII))
                        .encode());
        all.put("content: leaving", new Content(Content.Kind.LEAVING, 1, "", new byte[0]).encode());
        all.put("charter", charter().extension().data());
        all.put("admitted", Admitted.encode(List.of(new Admitted(HEX.formatHex(INVITE), BOB))));
        return all;
    }

    private static SyncMessage join() {
        return new SyncMessage.Join(GROUP, INVITE, fill(12, 6), fill(13, 64));
    }

    private static String link() {
        return new InviteLink("parley.test", GROUP, List.of(ALICE), INVITE, fill(14, 32), EXPIRES)
                .text();
    }

    private static String json() {
        StringBuilder text = new StringBuilder();
        text.append("{\n  \"about\" : \"Groups (docs/protocols/0013-groups.md)\",\n");
        text.append("  \"given\" : {\n    \"topic\" : \"").append(charter().topic());
        text.append("\",\n    \"link\" : \"").append(link()).append("\"\n  },\n");
        text.append("  \"good\" : [");
        String between = "";
        for (Map.Entry<String, byte[]> entry : good().entrySet()) {
            text.append(between).append(" {\n    \"name\" : \"").append(entry.getKey());
            text.append("\",\n    \"bytes\" : \"").append(HEX.formatHex(entry.getValue()));
            text.append("\",\n    \"fields\" : { }\n  }");
            between = ",";
        }
        text.append(" ],\n  \"bad\" : [");
        between = "";
        for (Map.Entry<String, byte[]> entry : bad().entrySet()) {
            MalformedException found = refusal(entry.getValue());
            text.append(between).append(" {\n    \"name\" : \"").append(entry.getKey());
            text.append("\",\n    \"bytes\" : \"").append(HEX.formatHex(entry.getValue()));
            text.append("\",\n    \"reason\" : \"").append(found.reason());
            text.append("\",\n    \"text\" : \"").append(found.getMessage());
            text.append("\"\n  }");
            between = ",";
        }
        return text.append(" ]\n}\n").toString();
    }

    private static Map<String, byte[]> bad() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        byte[] whole = join().encode();
        all.put("nothing", new byte[0]);
        all.put("a kind that there is not", new byte[] {10});
        all.put("a join cut short", Arrays.copyOf(whole, whole.length - 1));
        all.put("a join with a byte too much", Arrays.copyOf(whole, whole.length + 1));
        byte[] flag = new SyncMessage.Large(EPOCH, 16_777_216).encode();
        flag[flag.length - 1] = 1;
        all.put("a length that is too great", flag);
        return all;
    }

    private static MalformedException refusal(byte[] bytes) {
        try {
            SyncMessage.decode(bytes);
        } catch (MalformedException e) {
            return e;
        }
        throw new AssertionError("accepted: " + HEX.formatHex(bytes));
    }

    @Test
    void theFileIsWhatTheCodeMakes() throws IOException {
        if (Boolean.getBoolean("vectors.write")) {
            Files.writeString(FILE, json());
        }
        assertThat(Files.readString(FILE)).isEqualTo(json());
    }

    @Test
    void everyGoodOneIsReadAndWrittenAgain() throws Exception {
        Vectors file = Vectors.read("0013-groups.json");
        for (Vectors.Good good : file.good()) {
            byte[] again =
                    switch (good.name().split(":")[0]) {
                        case "item" -> Item.decode(good.bytes()).encode();
                        case "question" -> SyncMessage.decode(good.bytes()).encode();
                        case "content" -> Content.decode(good.bytes()).encode();
                        case "charter" -> Charter.decode(good.bytes()).extension().data();
                        default -> Admitted.encode(Admitted.decode(good.bytes()));
                    };
            assertThat(again).as(good.name()).isEqualTo(good.bytes());
        }
        assertThat(InviteLink.parse(file.given("link")).text()).isEqualTo(file.given("link"));
        assertThat(charter().topic()).isEqualTo(file.given("topic"));
        for (Vectors.Bad bad : file.bad()) {
            assertThatThrownBy(() -> SyncMessage.decode(bad.bytes()))
                    .as(bad.name())
                    .isInstanceOf(MalformedException.class)
                    .hasMessage(bad.text());
        }
    }
}
