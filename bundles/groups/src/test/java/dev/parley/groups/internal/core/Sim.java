package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupMember;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.api.GroupStatus;
import dev.parley.groups.internal.format.InviteLink;
import dev.parley.groups.internal.format.Item;
import dev.parley.groups.internal.format.LeafCertificate;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import dev.parley.identity.api.Signature;
import dev.parley.identity.api.Signatures;
import dev.parley.wire.api.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.jspecify.annotations.Nullable;

/**
 * Many containers with one group in one thread: time, loss, delays, partitions, restarts and
 * crashes come from a seed. All bytes go through the codecs.
 */
final class Sim {
    static final NetworkId NETWORK = new NetworkId("parley.test");

    final Random dice;
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    /** Of what gossip carries. */
    double loss;

    /** That a node dies between two effects. */
    double crashes;

    final List<Node> nodes = new ArrayList<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long eventCount;

    private record Event(Instant at, long count, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = at.compareTo(other.at);
            return byTime != 0 ? byTime : Long.compare(count, other.count);
        }
    }

    Sim(long seed) {
        this.dice = new Random(seed);
    }

    /** An agent's hybrid key whose signatures depend on nothing but the message. */
    static final class Key implements LeafCertificate.Certifier {
        private final MLDSAPrivateKeyParameters mlDsa;
        private final Ed25519PrivateKeyParameters ed25519;

        Key(Random dice) {
            byte[] seed = new byte[32];
            dice.nextBytes(seed);
            this.mlDsa = new MLDSAPrivateKeyParameters(MLDSAParameters.ml_dsa_65, seed);
            this.ed25519 = new Ed25519PrivateKeyParameters(seed, 0);
        }

        @Override
        public PublicKey key() {
            try {
                return PublicKey.decode(
                        concat(mlDsa.getPublicKey(), ed25519.generatePublicKey().getEncoded()));
            } catch (MalformedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Signature sign(String context, byte[] body) {
            byte[] signed = Signatures.signedBytes(NETWORK, context, body);
            try {
                Ed25519Signer one = new Ed25519Signer();
                one.init(true, ed25519);
                one.update(signed, 0, signed.length);
                MLDSASigner other = new MLDSASigner();
                other.init(true, mlDsa);
                other.update(signed, 0, signed.length);
                return Signature.decode(concat(one.generateSignature(), other.generateSignature()));
            } catch (CryptoException | MalformedException e) {
                throw new IllegalStateException(e);
            }
        }

        private static byte[] concat(byte[] one, byte[] other) {
            byte[] both = java.util.Arrays.copyOf(one, one.length + other.length);
            System.arraycopy(other, 0, both, one.length, other.length);
            return both;
        }
    }

    /** One container. */
    final class Node {
        final String name;
        final Key key = new Key(dice);
        final AgentId agent = key.key().agentId();
        final SecureRandom random = seeded();
        final Map<String, byte[]> disk = new TreeMap<>();
        final Set<String> topics = new LinkedHashSet<>();
        final List<GroupEvent> told = new ArrayList<>();
        final List<GroupException> notJoined = new ArrayList<>();

        /** All that gossip ever brought here, also where nobody could read it. */
        final List<Item> overheard = new ArrayList<>();

        int side;
        @Nullable GroupCore core;
        Optional<GroupId> group = Optional.empty();

        /** Counts lives, so that nothing meant for an earlier one arrives. */
        int life;

        Node(String name) {
            this.name = name;
        }

        private SecureRandom seeded() {
            try {
                SecureRandom seeded = SecureRandom.getInstance("SHA1PRNG");
                seeded.setSeed(dice.nextLong());
                return seeded;
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        Setup setup(GroupId id) {
            return Setup.of(id, NETWORK, key, random);
        }

        GroupCore core() {
            if (core == null) {
                throw new IllegalStateException(name + " is down");
            }
            return core;
        }

        boolean up() {
            return core != null;
        }

        void create(String groupName) throws GroupException {
            byte[] id = new byte[32];
            dice.nextBytes(id);
            group = Optional.of(GroupId.of(id));
            core = GroupCore.create(setup(group.get()), groupName, "", now);
            begin();
        }

        void join(String link) throws GroupException {
            InviteLink parsed = InviteLink.parse(link);
            group = Optional.of(parsed.group());
            if (core == null) {
                core = GroupCore.join(setup(parsed.group()), parsed, now);
                begin();
            } else {
                core.joinAgain(parsed, now);
                done();
            }
        }

        private void begin() {
            done();
            meetAll(this);
            int mine = life;
            later(Duration.ofMillis(dice.nextInt(1000)), () -> tick(mine));
        }

        private void tick(int mine) {
            if (core != null && life == mine) {
                core.tick(now);
                done();
                later(Duration.ofSeconds(1), () -> tick(mine));
            }
        }

        /** Runs what the core wants, as far as it gets. */
        boolean done() {
            if (core == null) {
                return false;
            }
            for (Effect effect : core.drain()) {
                if (crashes > 0 && dice.nextDouble() < crashes) {
                    crash();
                    later(Duration.ofSeconds(1 + dice.nextInt(20)), this::restart);
                    return false;
                }
                run(effect);
            }
            return true;
        }

        private void run(Effect effect) {
            if (effect instanceof Effect.Persist it) {
                it.changes()
                        .forEach(
                                (key, value) -> {
                                    if (value.isPresent()) {
                                        disk.put(key, value.get().clone());
                                    } else {
                                        disk.remove(key);
                                    }
                                });
            } else if (effect instanceof Effect.Follow it) {
                topics.add(it.topic());
            } else if (effect instanceof Effect.Publish it) {
                publish(this, it.topic(), it.payload());
            } else if (effect instanceof Effect.Ask it) {
                ask(this, it.to(), it.question());
            } else if (effect instanceof Effect.Tell it) {
                told.add(it.event());
            } else if (effect instanceof Effect.NotJoined it) {
                notJoined.add(it.cause());
            } else if (effect instanceof Effect.Forget) {
                disk.clear();
                crash();
                group = Optional.empty();
            }
        }

        void crash() {
            core = null;
            life++;
            topics.clear();
            for (Node other : nodes) {
                if (other.up()) {
                    other.core().disconnected(agent);
                }
            }
        }

        void restart() {
            if (core == null && group.isPresent() && disk.containsKey("g")) {
                try {
                    core = GroupCore.load(setup(group.get()), disk);
                } catch (GroupException e) {
                    throw new AssertionError(name, e);
                }
                begin();
            }
        }

        void say(String text) throws GroupException {
            core().send(GroupMessage.TEXT, text.getBytes(StandardCharsets.UTF_8), now);
            done();
        }

        /** The texts of the history on disk, in the order in which they came. */
        List<String> read() {
            List<String> texts = new ArrayList<>();
            disk.forEach(
                    (key, value) -> {
                        if (key.startsWith("m/")) {
                            try {
                                texts.add(
                                        new String(
                                                StoredMessage.decode(value).content().content(),
                                                StandardCharsets.UTF_8));
                            } catch (MalformedException e) {
                                throw new AssertionError(e);
                            }
                        }
                    });
            return texts;
        }

        GroupStatus status() {
            return core().info().status();
        }

        String head() {
            return core().info().head();
        }

        Set<AgentId> roster() throws GroupException {
            Set<AgentId> roster = new LinkedHashSet<>();
            for (GroupMember member : core().members()) {
                roster.add(member.agent());
            }
            return roster;
        }

        boolean active() {
            return up() && status() == GroupStatus.ACTIVE;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    Node node(String name) {
        Node node = new Node(name);
        nodes.add(node);
        return node;
    }

    Node find(AgentId agent) {
        return nodes.stream().filter(it -> it.agent.equals(agent)).findFirst().orElseThrow();
    }

    void later(Duration delay, Runnable what) {
        events.add(new Event(now.plus(delay), eventCount++, what));
    }

    private Duration delay() {
        return Duration.ofMillis(5 + dice.nextInt(200));
    }

    static boolean linked(Node one, Node other) {
        return one != other && one.up() && other.up() && one.side == other.side;
    }

    private void meetAll(Node node) {
        for (Node other : nodes) {
            if (linked(node, other)) {
                meet(node, other);
                meet(other, node);
            }
        }
    }

    private void meet(Node one, Node other) {
        if (one.up()) {
            one.core().connected(other.agent, now);
            one.done();
        }
    }

    /** Puts a node on another side of the net. */
    void move(Node node, int side) {
        node.side = side;
        for (Node other : nodes) {
            if (other != node && node.up() && other.up() && other.side != side) {
                node.core().disconnected(other.agent);
                other.core().disconnected(node.agent);
            }
        }
        if (node.up()) {
            meetAll(node);
        }
    }

    void heal() {
        nodes.forEach(node -> move(node, 0));
    }

    void publish(Node from, String topic, byte[] payload) {
        for (Node to : nodes) {
            if (linked(from, to)) {
                if (dice.nextDouble() < loss) {
                    continue;
                }
                later(delay(), () -> arrive(from.agent, to, topic, payload));
            }
        }
    }

    private void arrive(AgentId author, Node to, String topic, byte[] payload) {
        Item item;
        try {
            item = Item.decode(payload);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
        to.overheard.add(item);
        if (to.up() && to.topics.contains(topic)) {
            to.core().heard(author, item, now);
            to.done();
        }
    }

    private void ask(Node from, AgentId to, SyncMessage.Question question) {
        int life = from.life;
        Node asked = find(to);
        if (!linked(from, asked)) {
            later(delay(), () -> unanswered(from, life, to, question, "NOT_CONNECTED"));
            return;
        }
        byte[] sent = question.encode();
        later(
                delay(),
                () -> {
                    if (!linked(from, asked)) {
                        unanswered(from, life, to, question, "NOT_CONNECTED");
                        return;
                    }
                    try {
                        SyncMessage answer =
                                asked.core()
                                        .answer(
                                                from.agent,
                                                (SyncMessage.Question) SyncMessage.decode(sent),
                                                now);
                        if (!asked.done()) {
                            later(
                                    Duration.ofSeconds(5),
                                    () -> unanswered(from, life, to, question, "TIMEOUT"));
                            return;
                        }
                        byte[] back = answer.encode();
                        later(delay(), () -> answered(from, life, to, question, back));
                    } catch (RefusalException e) {
                        asked.done();
                        later(delay(), () -> unanswered(from, life, to, question, e.code().name()));
                    } catch (MalformedException e) {
                        throw new AssertionError(e);
                    }
                });
    }

    private void answered(
            Node from, int life, AgentId by, SyncMessage.Question question, byte[] answer) {
        if (from.up() && from.life == life) {
            try {
                from.core().answered(by, question, SyncMessage.decode(answer), now);
            } catch (MalformedException e) {
                throw new AssertionError(e);
            }
            from.done();
        }
    }

    private void unanswered(
            Node from, int life, AgentId by, SyncMessage.Question question, String code) {
        if (from.up() && from.life == life) {
            from.core().unanswered(by, question, code);
            from.done();
        }
    }

    void run(Duration time) {
        Instant end = now.plus(time);
        while (!events.isEmpty() && !events.peek().at().isAfter(end)) {
            Event next = events.poll();
            now = next.at();
            next.what().run();
        }
        now = end;
    }

    /** What a test waits for. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Runs until it holds; fails if it does not within that time. */
    void until(Duration limit, Condition condition, String what) throws Exception {
        Instant end = now.plus(limit);
        while (!condition.holds()) {
            if (now.isAfter(end)) {
                throw new AssertionError(what + "; " + describe());
            }
            run(Duration.ofSeconds(1));
        }
    }

    String describe() {
        StringBuilder text = new StringBuilder();
        for (Node node : nodes) {
            text.append(node.name).append(' ');
            if (node.up()) {
                text.append(node.status())
                        .append(' ')
                        .append(node.core().info().epoch())
                        .append(' ')
                        .append(node.head().isEmpty() ? "" : node.head().substring(0, 6));
                try {
                    text.append(' ');
                    for (AgentId agent : node.roster()) {
                        text.append(find(agent).name).append(',');
                    }
                } catch (GroupException e) {
                    text.append(" -");
                }
            } else {
                text.append("down");
            }
            text.append("; ");
        }
        return text.toString();
    }

    /** Those who are up and in it. */
    List<Node> active() {
        return nodes.stream().filter(Node::active).toList();
    }

    boolean agreed() {
        return active().stream().map(Node::head).distinct().count() <= 1;
    }

    Map<String, List<String>> histories() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        nodes.forEach(node -> all.put(node.name, node.read()));
        return all;
    }
}
