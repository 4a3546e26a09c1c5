package dev.parley.mls.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A member of ts-mls 1.6.4. What it cannot do: it has no way to propose an update; it does not tell
 * the authenticated data of a message; it writes the key for external commits without its length
 * (section 12.4.3.2 has an {@code opaque<V>}), so that nobody else can join by its group info nor
 * it by another's; and it refuses to join where two nodes above an unmerged leaf list different
 * ones, though section 12.4.3.1 asks only that those below list that leaf too.
 */
final class TsMember implements Participant {
    private static final HexFormat HEX = HexFormat.of();

    private final TsPeer peer;
    private final String name;
    private final int suite;
    private final Instant now;

    TsMember(TsPeer peer, String name, int suite, Instant now) {
        this.peer = peer;
        this.name = name;
        this.suite = suite;
        this.now = now;
    }

    private Map<String, String> ask(String operation, String... words) throws IOException {
        return peer.ask(operation, name, words);
    }

    private static String hex(String key, byte[] value) {
        return key + '=' + HEX.formatHex(value);
    }

    private static String hexes(String key, List<byte[]> values) {
        return key + '=' + values.stream().map(HEX::formatHex).collect(Collectors.joining(","));
    }

    private static String flag(boolean publicMessage) {
        return "public=" + (publicMessage ? 1 : 0);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean ours() {
        return false;
    }

    @Override
    public Set<Ability> abilities() {
        return EnumSet.of(Ability.JOIN_WITHOUT_PATH);
    }

    @Override
    public byte[] keyPackage() throws Exception {
        Map<String, String> answer =
                ask(
                        "member",
                        "suite=" + suite,
                        hex("identity", name.getBytes(StandardCharsets.UTF_8)),
                        "notBefore=" + now.minus(Duration.ofDays(1)).getEpochSecond(),
                        "notAfter=" + now.plus(Duration.ofDays(30)).getEpochSecond(),
                        "extensions=");
        return HEX.parseHex(answer.get("keyPackage"));
    }

    @Override
    public void knowPsk(byte[] id, byte[] secret) throws Exception {
        ask("psk", hex("id", id), hex("secret", secret));
    }

    @Override
    public void create(byte[] groupId) throws Exception {
        keyPackage();
        ask("create", hex("groupId", groupId));
    }

    @Override
    public void join(byte[] welcome) throws Exception {
        ask("join", hex("welcome", welcome));
    }

    @Override
    public byte[] joinByCommit(byte[] groupInfo) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made commit(Wish wish) throws Exception {
        Map<String, String> answer =
                ask(
                        "commit",
                        hexes("adds", wish.adds()),
                        "removes="
                                + wish.removes().stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(",")),
                        hexes("psks", wish.psks()),
                        flag(wish.publicMessage()));
        return new Made(
                HEX.parseHex(answer.get("commit")),
                Optional.ofNullable(answer.get("welcome")).map(HEX::parseHex));
    }

    private byte[] propose(String... words) throws IOException {
        return HEX.parseHex(ask("propose", words).get("message"));
    }

    @Override
    public byte[] proposeAdd(byte[] keyPackage, boolean publicMessage) throws Exception {
        return propose("kind=add", hex("keyPackage", keyPackage), flag(publicMessage));
    }

    @Override
    public byte[] proposeRemove(int leaf, boolean publicMessage) throws Exception {
        return propose("kind=remove", "leaf=" + leaf, flag(publicMessage));
    }

    @Override
    public byte[] proposeUpdate(boolean publicMessage) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void receive(byte[] handshake) throws Exception {
        ask("receive", hex("message", handshake));
    }

    @Override
    public byte[] encrypt(byte[] content, byte[] authenticatedData) throws Exception {
        return HEX.parseHex(
                ask("encrypt", hex("content", content), hex("aad", authenticatedData))
                        .get("message"));
    }

    @Override
    public Plain decrypt(byte[] message) throws Exception {
        Map<String, String> answer = ask("receive", hex("message", message));
        if (!answer.containsKey("content")) {
            throw new AssertionError("ts-mls took a message for something else");
        }
        return new Plain(HEX.parseHex(answer.get("content")), Optional.empty());
    }

    @Override
    public byte[] groupInfo() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int leaf() throws Exception {
        return Integer.parseInt(ask("state").get("leaf"));
    }

    @Override
    public Epoch epoch() throws Exception {
        Map<String, String> state = ask("state");
        return new Epoch(
                Long.parseLong(state.get("epoch")),
                state.get("authenticator"),
                state.get("transcript"),
                state.get("treeHash"));
    }

    @Override
    public byte[] export(String label, byte[] context, int length) throws Exception {
        return HEX.parseHex(
                ask(
                                "export",
                                hex("label", label.getBytes(StandardCharsets.UTF_8)),
                                hex("context", context),
                                "length=" + length)
                        .get("secret"));
    }
}
