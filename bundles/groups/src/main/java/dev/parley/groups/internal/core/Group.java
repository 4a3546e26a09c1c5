package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupException.Reason;
import dev.parley.groups.api.GroupInfo;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.api.GroupStatus;
import dev.parley.groups.internal.format.Charter;
import dev.parley.groups.internal.format.Clock;
import dev.parley.groups.internal.format.InviteLink;
import dev.parley.groups.internal.format.Item;
import dev.parley.groups.internal.format.LeafCertificate;
import dev.parley.groups.internal.format.Step;
import dev.parley.identity.api.AgentId;
import dev.parley.mls.api.Client;
import dev.parley.mls.api.MlsCredential;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All that is known of one group here. The classes beside it change it. Not thread-safe. */
final class Group {
    private static final int MAX_KEY_BYTES = 4096;

    /** A wish to join that no welcome has answered. */
    record Joining(InviteLink link, OwnKeyPackage keyPackage) {}

    final Setup setup;
    final Outbox out = new Outbox();
    final Chronicle chronicle = new Chronicle(out);
    final InviteBook invites = new InviteBook(out);
    final Pending pending = new Pending(out);
    final Reservations reservations = new Reservations(out);
    final Clock clock = new Clock();
    final SortedSet<AgentId> connected = new TreeSet<>();

    /** Empty before the first welcome, and when no state is kept any more. */
    Optional<EpochTree> tree = Optional.empty();

    Optional<Joining> joining = Optional.empty();

    /** The invite that we came by. */
    Optional<InviteLink> cameBy = Optional.empty();

    Optional<Instant> leaving = Optional.empty();
    boolean catchingUp;
    boolean gone;
    Instant since = Instant.EPOCH;
    Instant keysSince = Instant.EPOCH;

    private @Nullable Client client;
    private String name = "";
    private String description = "";
    private long number;
    private String headId = "";
    private GroupStatus told = GroupStatus.JOINING;

    Group(Setup setup) {
        this.setup = setup;
    }

    AgentId self() {
        return setup.self();
    }

    /** Draws the leaf's key and certifies it. */
    void newClient() throws MlsException {
        byte[] key = setup.mls().newSignatureKey(Setup.CIPHER_SUITE);
        MlsCredential credential =
                LeafCertificate.issue(
                        setup.certifier(),
                        setup.group(),
                        Setup.CIPHER_SUITE,
                        setup.mls().signer(Setup.CIPHER_SUITE, key).publicKey());
        out.put("k", new ByteWriter(5500).block(key).bytes(credential.body()).toByteArray());
        useClient(key, credential);
    }

    private void useClient(byte[] key, MlsCredential credential) throws MlsException {
        client =
                new Client(
                        Setup.CIPHER_SUITE,
                        credential,
                        setup.mls().signer(Setup.CIPHER_SUITE, key),
                        List.of(),
                        List.of(Charter.EXTENSION_TYPE),
                        List.of());
    }

    Client client() {
        if (client == null) {
            throw new IllegalStateException("no leaf key is here");
        }
        return client;
    }

    Optional<EpochNode> head() {
        return tree.map(EpochTree::head);
    }

    /** The head, if we are in it. */
    Optional<EpochNode.Inside> inside() {
        return head().flatMap(EpochNode::inside);
    }

    /** The last epoch that we were in: the head, unless that removed us. */
    Optional<EpochNode.Inside> lastInside() {
        Optional<EpochNode.Inside> last = Optional.empty();
        if (tree.isPresent()) {
            for (EpochNode node : tree.get().chain()) {
                last = node.inside().isPresent() ? node.inside() : last;
            }
        }
        return last;
    }

    /** Whether it is a member as far as we know, also if we are none. */
    boolean wasMember(AgentId agent) {
        return lastInside().map(it -> it.members().containsKey(agent)).orElse(false);
    }

    /** Whether it is a member in some epoch that is kept. */
    boolean known(AgentId agent) {
        return tree.isPresent()
                && tree.get().nodes().stream()
                        .anyMatch(
                                node ->
                                        node.inside()
                                                .map(it -> it.members().containsKey(agent))
                                                .orElse(false));
    }

    boolean isMember(AgentId agent) {
        return inside().map(it -> it.members().containsKey(agent)).orElse(false);
    }

    GroupStatus status() {
        if (joining.isPresent()) {
            return GroupStatus.JOINING;
        }
        Optional<EpochNode.Inside> inside = inside();
        if (gone || inside.isEmpty()) {
            return GroupStatus.REMOVED;
        }
        if (inside.get().charter().closed()) {
            return GroupStatus.CLOSED;
        }
        if (leaving.isPresent()) {
            return GroupStatus.LEAVING;
        }
        return catchingUp ? GroupStatus.CATCHING_UP : GroupStatus.ACTIVE;
    }

    EpochNode.Inside requireActive() throws GroupException {
        GroupStatus status = status();
        if (status != GroupStatus.ACTIVE) {
            throw new GroupException(
                    Reason.NOT_ACTIVE,
                    "the group's status here is " + status + ", expected " + GroupStatus.ACTIVE);
        }
        return inside().orElseThrow();
    }

    EpochNode.Inside requireAdmin() throws GroupException {
        EpochNode.Inside inside = requireActive();
        if (!inside.admin(self())) {
            throw new GroupException(Reason.NOT_ALLOWED, "only an admin may do this");
        }
        return inside;
    }

    GroupInfo info() {
        rememberHead();
        Optional<EpochNode.Inside> inside = inside();
        return new GroupInfo(
                setup.group(),
                name,
                description,
                status(),
                inside.map(it -> it.admin(self())).orElse(false)
                        ? GroupRole.ADMIN
                        : GroupRole.MEMBER,
                joining.isPresent() ? 0 : inside.map(it -> it.members().size()).orElse(0),
                number,
                headId,
                chronicle.lastSequence(),
                since);
    }

    private void rememberHead() {
        if (joining.isEmpty() && head().isPresent()) {
            EpochNode head = head().get();
            number = head.number();
            headId = head.id().hex();
            head.inside()
                    .ifPresent(
                            it -> {
                                name = it.charter().name();
                                description = it.charter().description();
                            });
        }
    }

    /** Tells once how we stand to the group now. */
    void noticeStatus() {
        GroupStatus status = status();
        if (status != told) {
            told = status;
            save();
            out.add(new Effect.Tell(new GroupEvent.StatusChanged(setup.group(), status)));
        }
    }

    /** The topic to publish on. */
    void publish(Item item) {
        inside().ifPresent(it -> publish(it.charter().topic(), item));
    }

    void publish(String topic, Item item) {
        byte[] bytes = item.encode();
        if (bytes.length > Item.MAX_GOSSIP_BYTES) {
            EpochNode head = head().orElseThrow();
            bytes = new Item.Head(head.id(), head.number()).encode();
        }
        out.add(new Effect.Publish(topic, bytes));
    }

    /** From the oldest that is known to the head. */
    List<Step> lineage() {
        List<Step> steps = new ArrayList<>(chronicle.lineage());
        tree.ifPresent(it -> it.chain().forEach(node -> steps.add(node.step())));
        return steps.subList(
                Math.max(0, steps.size() - dev.parley.groups.internal.format.SyncMessage.MAX_STEPS),
                steps.size());
    }

    void keep(EpochNode node) {
        out.put("n/" + node.id().hex(), node.encode());
    }

    /** Its sending keys are known until it cannot come back, see {@link Reservations}. */
    void drop(EpochNode node) {
        out.delete("n/" + node.id().hex());
        reservations.dropped(node);
    }

    /** All of the tree goes, and none of its epochs comes back. */
    void dropAll() {
        tree.ifPresent(it -> it.nodes().forEach(node -> out.delete("n/" + node.id().hex())));
        reservations.releaseAll();
        tree = Optional.empty();
    }

    /** No state is kept from here on; the history stays. */
    void endHere() {
        rememberHead();
        dropAll();
        joining = Optional.empty();
        gone = true;
        out.delete("j");
        out.delete("k");
        out.delete("v");
        save();
    }

    void save() {
        rememberHead();
        out.put(
                "g",
                new ByteWriter(128)
                        .u8(1)
                        .i64(since.toEpochMilli())
                        .i64(leaving.map(Instant::toEpochMilli).orElse(-1L))
                        .u8(catchingUp ? 1 : 0)
                        .u8(gone ? 1 : 0)
                        .i64(keysSince.toEpochMilli())
                        .text(name)
                        .text(description)
                        .i64(number)
                        .text(headId)
                        .u8(told.ordinal())
                        .toByteArray());
    }

    void saveJoining() {
        joining.ifPresentOrElse(
                it ->
                        out.put(
                                "j",
                                new ByteWriter(4096)
                                        .text(it.link().text())
                                        .block(it.keyPackage().message())
                                        .block(it.keyPackage().reference())
                                        .block(it.keyPackage().privateKeys())
                                        .toByteArray()),
                () -> out.delete("j"));
        cameBy.ifPresent(
                it -> out.put("v", it.text().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    /**
     * @throws GroupException if an invite's link that was kept is damaged
     */
    void load(Map<String, byte[]> stored) throws MalformedException, MlsException, GroupException {
        reservations.load(stored);
        List<EpochNode> nodes = new ArrayList<>();
        for (Map.Entry<String, byte[]> entry : stored.entrySet()) {
            switch (entry.getKey().substring(0, 1)) {
                case "n" ->
                        nodes.add(
                                EpochNode.decode(
                                        entry.getValue(), setup.mls(), reservations.all()));
                case "g" -> loadMeta(new ByteReader(entry.getValue(), "group"));
                case "k" -> loadClient(new ByteReader(entry.getValue(), "leaf key"));
                case "j" -> loadJoining(new ByteReader(entry.getValue(), "joining"));
                case "v" -> cameBy = Optional.of(InviteLink.parse(text(entry.getValue())));
                case "p" -> pending.load(entry.getValue());
                default -> {
                    // Of the chronicle, the invites, or read above.
                }
            }
        }
        chronicle.load(stored);
        invites.load(stored);
        plant(nodes);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }

    private void loadMeta(ByteReader in) throws MalformedException {
        int version = in.u8();
        if (version != 1) {
            throw new MalformedException(
                    MalformedException.Reason.UNSUPPORTED, "group: version " + version);
        }
        since = Instant.ofEpochMilli(in.i64());
        long left = in.i64();
        leaving = left < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(left));
        catchingUp = in.u8() == 1;
        gone = in.u8() == 1;
        keysSince = Instant.ofEpochMilli(in.i64());
        name = in.text(1024, "name");
        description = in.text(8192, "description");
        number = in.i64();
        headId = in.text(64, "head");
        told = GroupStatus.values()[Math.min(in.u8(), GroupStatus.values().length - 1)];
        in.end();
    }

    private void loadClient(ByteReader in) throws MalformedException, MlsException {
        byte[] key = in.block(MAX_KEY_BYTES, "key");
        useClient(key, new MlsCredential(LeafCertificate.CREDENTIAL_TYPE, in.rest()));
    }

    private void loadJoining(ByteReader in) throws MalformedException, GroupException {
        InviteLink link = InviteLink.parse(in.text(2048, "link"));
        joining =
                Optional.of(
                        new Joining(
                                link,
                                new OwnKeyPackage(
                                        in.block(1 << 16, "key package"),
                                        in.block(256, "reference"),
                                        in.block(1 << 16, "private keys"))));
        in.end();
    }

    /** The oldest epoch is the root: the one whose parent is not here. */
    private void plant(List<EpochNode> nodes) throws MalformedException {
        if (nodes.isEmpty()) {
            return;
        }
        List<Hash> ids = nodes.stream().map(EpochNode::id).toList();
        List<EpochNode> roots =
                nodes.stream().filter(node -> !ids.contains(node.parent())).toList();
        if (roots.size() != 1) {
            throw new MalformedException(
                    MalformedException.Reason.BAD_VALUE,
                    "group: " + roots.size() + " oldest epochs, expected 1");
        }
        EpochTree planted = new EpochTree(roots.get(0));
        List<EpochNode> left = new ArrayList<>(nodes);
        left.removeAll(roots);
        left.sort(java.util.Comparator.comparingLong(EpochNode::number));
        left.forEach(planted::add);
        tree = Optional.of(planted);
    }
}
