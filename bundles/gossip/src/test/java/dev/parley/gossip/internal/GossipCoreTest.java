package dev.parley.gossip.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.SecretKey;
import dev.parley.identity.api.SessionCertificate;
import dev.parley.identity.api.SessionSigner;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.MalformedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GossipCoreTest {
    private static final NetworkId NETWORK = new NetworkId("parley.test");
    private static final Topic TOPIC = new Topic("plugins/demo");
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final Duration STEP_LIMIT = Duration.ofMinutes(2);

    private static final class Node {
        final SessionSigner session;
        final MachineId machine;
        final GossipCore core;
        final List<String> delivered = new ArrayList<>();
        final Set<MachineId> links = new HashSet<>();

        Node(Random random, Set<Object> blocked) {
            byte[] seeds = new byte[SecretKey.SEED_BYTES];
            random.nextBytes(seeds);
            SecretKey key = SecretKey.of(seeds);
            machine = key.publicKey().machineId();
            session = SessionCertificate.newSession(key, NETWORK, machine, START);
            AgentId self = session.certificate().agent();
            core =
                    new GossipCore(
                            NETWORK,
                            machine,
                            (author, at) -> author.equals(self) || !blocked.contains(author));
        }
    }

    private record InFlight(long at, long order, MachineId from, MachineId to, Frame frame)
            implements Comparable<InFlight> {
        @Override
        public int compareTo(InFlight other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** A whole network in one thread from one seed: loss, reordering, late joiners. */
    private static final class World {
        final Random random;
        final double loss;
        final Map<MachineId, Node> nodes = new HashMap<>();
        final PriorityQueue<InFlight> flying = new PriorityQueue<>();
        final Set<Object> blocked = new HashSet<>();
        long millis;
        long order;
        int budget = 3_000_000;

        World(long seed, double loss) {
            this.random = new Random(seed);
            this.loss = loss;
        }

        Node add() {
            Node node = new Node(random, blocked);
            nodes.put(node.machine, node);
            return node;
        }

        Instant now() {
            return START.plusMillis(millis);
        }

        void link(Node a, Node b) {
            if (a != b && a.links.add(b.machine) && b.links.add(a.machine)) {
                a.core.joined(b.machine, now());
                b.core.joined(a.machine, now());
                run(a, a.core.greet(b.machine));
                run(b, b.core.greet(a.machine));
            }
        }

        void unlink(Node a, Node b) {
            a.links.remove(b.machine);
            b.links.remove(a.machine);
            a.core.left(b.machine);
            b.core.left(a.machine);
        }

        void publish(Node node, String text, Retention retention) {
            run(
                    node,
                    node.core.publish(
                            node.session,
                            TOPIC,
                            text.getBytes(StandardCharsets.UTF_8),
                            retention,
                            now()));
        }

        void run(Node node, List<GossipCore.Effect> effects) {
            for (GossipCore.Effect effect : effects) {
                if (effect instanceof GossipCore.Effect.Deliver deliver) {
                    node.delivered.add(
                            new String(deliver.envelope().payload(), StandardCharsets.UTF_8));
                } else if (effect instanceof GossipCore.Effect.Send send
                        && random.nextDouble() >= loss) {
                    flying.add(
                            new InFlight(
                                    millis + 5 + random.nextInt(200),
                                    order++,
                                    node.machine,
                                    send.to(),
                                    send.frame().encode()));
                }
            }
        }

        void turn(Duration by) throws MalformedException {
            long end = millis + by.toMillis();
            long nextTick = millis + 1000;
            while (millis < end) {
                assertThat(budget--).as("step budget").isPositive();
                InFlight next = flying.peek();
                if (next == null || next.at > nextTick) {
                    millis = nextTick;
                    nextTick += 1000;
                    for (Node node : nodes.values()) {
                        run(node, node.core.tick(now()));
                    }
                } else {
                    flying.remove();
                    millis = Math.max(millis, next.at);
                    Node to = nodes.get(next.to);
                    if (to != null && to.links.contains(next.from)) {
                        run(to, to.core.on(next.from, GossipFrame.decode(next.frame), now()));
                    }
                }
            }
        }
    }

    @Test
    void fiftyNodesWithLossAndReorderingEachGetEachMessageExactlyOnce() throws MalformedException {
        World world = new World(7, 0.2);
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Node node = world.add();
            for (int links = 0; links < 3 && !nodes.isEmpty(); links++) {
                world.link(node, nodes.get(world.random.nextInt(nodes.size())));
            }
            nodes.add(node);
        }
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String text = "message " + i;
            all.add(text);
            world.publish(nodes.get(world.random.nextInt(nodes.size())), text, Retention.NONE);
            world.turn(Duration.ofMillis(100));
        }
        world.turn(STEP_LIMIT);
        for (Node node : nodes) {
            assertThat(node.delivered).containsExactlyInAnyOrderElementsOf(all);
        }
    }

    @Test
    void aLateJoinerGetsTheCurrentRetainedMessageThoughItsAuthorIsGone() throws MalformedException {
        World world = new World(8, 0.1);
        Node author = world.add();
        Node relay = world.add();
        world.link(author, relay);
        Retention retention = new Retention("hello", Duration.ofHours(2));
        world.publish(author, "old", retention);
        world.turn(Duration.ofSeconds(5));
        world.publish(author, "current", retention);
        world.turn(Duration.ofSeconds(5));
        world.unlink(author, relay);
        world.nodes.remove(author.machine);
        world.turn(Duration.ofMinutes(50));
        Node late = world.add();
        world.link(relay, late);
        world.turn(Duration.ofSeconds(20));
        assertThat(late.delivered).containsExactly("current");
        world.turn(Duration.ofHours(2));
        Node tooLate = world.add();
        world.link(relay, tooLate);
        world.turn(Duration.ofSeconds(20));
        assertThat(tooLate.delivered).isEmpty();
    }

    @Test
    void aBlockedAuthorIsNeitherDeliveredNorRelayed() throws MalformedException {
        World world = new World(9, 0);
        Node author = world.add();
        Node relay = world.add();
        Node end = world.add();
        world.link(author, relay);
        world.link(relay, end);
        world.blocked.add(author.session.certificate().agent());
        world.publish(author, "spam", Retention.NONE);
        world.turn(Duration.ofSeconds(10));
        assertThat(relay.delivered).isEmpty();
        assertThat(end.delivered).isEmpty();
        assertThat(relay.core.counters()).containsKey("refused.author");
    }

    @Test
    void whatABlockedAuthorSaidBeforeIsNotGivenOnAndComesBackWhenItIsUnblocked()
            throws MalformedException {
        World world = new World(14, 0);
        Node author = world.add();
        Node relay = world.add();
        world.link(author, relay);
        world.publish(author, "said before", new Retention("key", Duration.ofHours(1)));
        world.turn(Duration.ofSeconds(5));
        assertThat(relay.delivered).containsExactly("said before");
        world.blocked.add(author.session.certificate().agent());
        Node late = world.add();
        world.link(relay, late);
        world.turn(Duration.ofSeconds(10));
        assertThat(late.delivered).isEmpty();
        assertThat(relay.core.retained()).isEmpty();
        relay.core.recheck();
        world.blocked.clear();
        world.turn(Duration.ofSeconds(10));
        assertThat(relay.delivered).containsExactly("said before", "said before");
        assertThat(late.delivered).containsExactly("said before");
    }

    @Test
    void twoOfOneMillisecondEndTheSameInEitherOrder() {
        World world = new World(15, 0);
        Node b = world.add();
        Retention retention = new Retention("key", Duration.ofHours(1));
        Envelope one =
                Envelope.sign(b.session, NETWORK, 0, START, retention, TOPIC, new byte[] {1});
        Envelope two =
                Envelope.sign(b.session, NETWORK, 1, START, retention, TOPIC, new byte[] {2});
        for (List<Envelope> order : List.of(List.of(one, two), List.of(two, one))) {
            Node a = world.add();
            a.core.joined(b.machine, START);
            a.core.on(b.machine, new GossipFrame.Certificate(b.session.certificate()), START);
            order.forEach(it -> a.core.on(b.machine, new GossipFrame.Message(it), START));
            assertThat(a.core.retained().get(0).envelope().id().sequence()).isEqualTo(1);
        }
    }

    @Test
    void aForgedOrChangedMessageIsRefused() throws MalformedException {
        World world = new World(10, 0);
        Node a = world.add();
        Node b = world.add();
        a.core.joined(b.machine, START);
        Envelope good =
                Envelope.sign(
                        b.session, NETWORK, 0, START, Retention.NONE, TOPIC, new byte[] {1, 2, 3});
        a.core.on(b.machine, new GossipFrame.Certificate(b.session.certificate()), START);
        for (int at : new int[] {20, 40, 45, good.encoded().length - 1}) {
            byte[] bad = good.encoded().clone();
            bad[at] ^= 1;
            Envelope changed;
            try {
                changed = Envelope.decode(bad);
            } catch (MalformedException e) {
                continue;
            }
            assertThat(a.core.on(b.machine, new GossipFrame.Message(changed), START))
                    .as("byte %d changed", at)
                    .noneMatch(GossipCore.Effect.Deliver.class::isInstance);
        }
        Envelope otherNetwork =
                Envelope.sign(
                        b.session,
                        new NetworkId("other"),
                        1,
                        START,
                        Retention.NONE,
                        TOPIC,
                        new byte[] {1});
        assertThat(a.core.on(b.machine, new GossipFrame.Message(otherNetwork), START)).isEmpty();
        Envelope future =
                Envelope.sign(
                        b.session,
                        NETWORK,
                        2,
                        START.plusSeconds(31),
                        Retention.NONE,
                        TOPIC,
                        new byte[] {1});
        assertThat(a.core.on(b.machine, new GossipFrame.Message(future), START)).isEmpty();
        assertThat(a.core.on(b.machine, new GossipFrame.Message(good), START))
                .anyMatch(GossipCore.Effect.Deliver.class::isInstance);
        assertThat(a.core.on(b.machine, new GossipFrame.Message(good), START)).isEmpty();
    }

    @Test
    void twoMessagesOfOneNameCostTheirAuthorTheCertificate() {
        World world = new World(11, 0);
        Node a = world.add();
        Node b = world.add();
        a.core.joined(b.machine, START);
        a.core.on(b.machine, new GossipFrame.Certificate(b.session.certificate()), START);
        Envelope one =
                Envelope.sign(b.session, NETWORK, 0, START, Retention.NONE, TOPIC, new byte[] {1});
        Envelope two =
                Envelope.sign(b.session, NETWORK, 0, START, Retention.NONE, TOPIC, new byte[] {2});
        Envelope next =
                Envelope.sign(b.session, NETWORK, 1, START, Retention.NONE, TOPIC, new byte[] {3});
        a.core.on(b.machine, new GossipFrame.Message(one), START);
        a.core.on(b.machine, new GossipFrame.Message(two), START);
        assertThat(a.core.counters()).containsEntry("equivocations", 1L);
        assertThat(a.core.on(b.machine, new GossipFrame.Message(next), START)).isEmpty();
    }

    @Test
    void everyPrefixOfAnEnvelopeAndAnythingAppendedIsMalformed() throws MalformedException {
        Node node = new Node(new Random(12), Set.of());
        byte[] whole =
                Envelope.sign(
                                node.session,
                                NETWORK,
                                70_000,
                                START,
                                new Retention("key", Duration.ofHours(1)),
                                TOPIC,
                                "payload".getBytes(StandardCharsets.UTF_8))
                        .encoded();
        assertThat(Envelope.decode(whole).retention().key()).isEqualTo("key");
        for (int length = 0; length < whole.length; length++) {
            byte[] prefix = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Envelope.decode(prefix))
                    .isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> Envelope.decode(Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void noiseInAnyFrameIsMalformedOrAMessageNeverASurprise() {
        Random random = new Random(13);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            try {
                GossipFrame.decode(new Frame(random.nextInt(8), noise));
            } catch (MalformedException e) {
                assertThat(e.reason()).isNotNull();
            }
        }
    }
}
