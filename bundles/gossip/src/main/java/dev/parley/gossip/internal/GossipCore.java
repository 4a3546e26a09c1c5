package dev.parley.gossip.internal;

import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.gossip.internal.MessageStore.Held;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.SessionCertificate;
import dev.parley.identity.api.SessionSigner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Gossip without I/O: inputs and the time in, effects out.
 *
 * <p>A message is named by its author's certificate and sequence, so nobody can publish it anew: a
 * relay passes on the author's bytes. What is new is checked before it is passed on (limits,
 * duplicate, age, gate, rates, signature; cheap first). Loss is repaired by {@code Have} lists: all
 * of what is here when a neighbour joins, and at every tick the latest and a part of the rest in
 * turn, so that a tick stays cheap however much is retained. Everything a neighbour can make us
 * keep or do has a limit of its own.
 */
final class GossipCore {
    static final Duration MAX_SKEW = Duration.ofSeconds(30);
    static final Duration PARK = Duration.ofSeconds(10);
    static final int MAX_SEEN = 65_536;
    static final int MAX_CERTIFICATES = 4096;
    static final int MAX_DISTRUSTED = 4096;
    static final int MAX_AUTHORS = 4096;
    static final int MAX_ASKED = 8192;
    static final int MAX_PARKED = 64;
    static final int MAX_PARKED_BYTES = 256 << 10;
    static final double MESSAGES_PER_SECOND = 500;
    static final double MESSAGES_PER_SECOND_OF_AUTHOR = 250;

    /** Work that is no message: an unknown certificate costs 5, an id in a list 1/16, a wish 1. */
    static final double WORK_PER_SECOND = 1000;

    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);
    private static final int MAX_ASK_DOUBLINGS = 5;

    /** What the shell is to do. */
    sealed interface Effect {
        record Send(MachineId to, GossipFrame frame) implements Effect {}

        record Deliver(Envelope envelope, SessionCertificate certificate, MachineId via)
                implements Effect {}
    }

    private record Parked(Envelope envelope, Instant until) {}

    private record Asked(Instant again, int times) {}

    private static final class Neighbour {
        final Map<String, Boolean> certificates = new Bounded<>(MAX_CERTIFICATES);
        final Map<MessageId, Asked> asked = new Bounded<>(MAX_ASKED);
        final Map<MessageId, Parked> parked = new TreeMap<>(MessageId.ORDER);
        final TokenBucket messages;
        final TokenBucket work;
        int parkedBytes;

        Neighbour(Instant now) {
            messages = new TokenBucket(MESSAGES_PER_SECOND, now);
            work = new TokenBucket(WORK_PER_SECOND, now);
        }

        void unpark(MessageId id) {
            Parked gone = parked.remove(id);
            parkedBytes -= gone == null ? 0 : gone.envelope().encoded().length;
        }
    }

    private final NetworkId network;
    private final MachineId self;
    private final BiPredicate<AgentId, MachineId> admit;
    private final Map<MachineId, Neighbour> neighbours = new TreeMap<>();
    private final Map<String, SessionCertificate> certificates = new Bounded<>(MAX_CERTIFICATES);
    private final Map<MessageId, Boolean> seen = new Bounded<>(MAX_SEEN);
    private final Map<String, Boolean> distrusted = new Bounded<>(MAX_DISTRUSTED);
    private final Map<AgentId, TokenBucket> authors = new Bounded<>(MAX_AUTHORS);
    private final MessageStore store = new MessageStore();
    private final Map<String, Long> counters = new TreeMap<>();
    private int turn;

    GossipCore(NetworkId network, MachineId self, BiPredicate<AgentId, MachineId> admit) {
        this.network = network;
        this.self = self;
        this.admit = admit;
    }

    Map<String, Long> counters() {
        Map<String, Long> all = new TreeMap<>(counters);
        all.put("retained", (long) store.retainedCount());
        all.put("neighbours", (long) neighbours.size());
        return all;
    }

    private void count(String what) {
        counters.merge(what, 1L, Long::sum);
    }

    void joined(MachineId peer, Instant now) {
        neighbours.put(peer, new Neighbour(now));
    }

    void left(MachineId peer) {
        neighbours.remove(peer);
    }

    /** Tells a neighbour all that is here, as soon as there is a way to it. */
    List<Effect> greet(MachineId peer) {
        List<Effect> effects = new ArrayList<>();
        Neighbour neighbour = neighbours.get(peer);
        if (neighbour != null) {
            neighbour.certificates.clear(); // a new stream: nothing of the old one may have come
            List<MessageId> all = offered();
            for (int from = 0; from < all.size(); from += GossipFrame.MAX_IDS) {
                int to = Math.min(all.size(), from + GossipFrame.MAX_IDS);
                effects.add(new Effect.Send(peer, new GossipFrame.Have(all.subList(from, to))));
            }
        }
        return effects;
    }

    /** Forgets what is over, and tells the neighbours the latest and a part of the rest. */
    List<Effect> tick(Instant now) {
        store.expire(now);
        recheck();
        List<MessageId> all = offered();
        int half = GossipFrame.MAX_IDS / 2;
        List<MessageId> some = all;
        if (all.size() > GossipFrame.MAX_IDS) {
            some = new ArrayList<>(all.subList(all.size() - half, all.size()));
            int rest = all.size() - half;
            for (int i = 0; i < half; i++) {
                some.add(all.get(turn++ % rest));
            }
            turn %= rest;
        }
        List<Effect> effects = new ArrayList<>();
        for (Map.Entry<MachineId, Neighbour> entry : neighbours.entrySet()) {
            Neighbour neighbour = entry.getValue();
            List.copyOf(neighbour.parked.values()).stream()
                    .filter(parked -> !now.isBefore(parked.until()))
                    .forEach(parked -> neighbour.unpark(parked.envelope().id()));
            if (!some.isEmpty()) {
                effects.add(new Effect.Send(entry.getKey(), new GossipFrame.Have(some)));
            }
        }
        return effects;
    }

    private List<MessageId> offered() {
        return store.all().stream().filter(this::admitted).map(Held::id).distinct().toList();
    }

    /** Signs and spreads a message of our own. */
    List<Effect> publish(
            SessionSigner session, Topic topic, byte[] payload, Retention retention, Instant now) {
        SessionCertificate certificate = session.certificate();
        Envelope envelope =
                Envelope.sign(
                        session, network, session.nextSequence(), now, retention, topic, payload);
        certificates.put(hex(certificate.id()), certificate);
        List<Effect> effects = new ArrayList<>();
        accept(new Held(envelope, certificate), self, effects);
        return effects;
    }

    List<Effect> on(MachineId from, GossipFrame frame, Instant now) {
        List<Effect> effects = new ArrayList<>();
        Neighbour neighbour = neighbours.get(from);
        if (neighbour == null) {
            return effects;
        }
        if (frame instanceof GossipFrame.Message message) {
            onMessage(from, neighbour, message.envelope(), now, effects);
        } else if (!neighbour.work.take(cost(frame), now)) {
            count("refused.work");
        } else if (frame instanceof GossipFrame.Certificate certificate) {
            onCertificate(from, neighbour, certificate.certificate(), now, effects);
        } else if (frame instanceof GossipFrame.Have have) {
            onHave(from, neighbour, have.ids(), now, effects);
        } else if (frame instanceof GossipFrame.Want want) {
            onWant(from, neighbour, want.ids(), now, effects);
        } else if (frame instanceof GossipFrame.WantCertificate want) {
            SessionCertificate certificate = certificate(want.id());
            if (certificate != null) {
                effects.add(new Effect.Send(from, new GossipFrame.Certificate(certificate)));
            }
        }
        return effects;
    }

    private double cost(GossipFrame frame) {
        if (frame instanceof GossipFrame.Certificate it) {
            return certificates.containsKey(hex(it.certificate().id())) ? 1 : 5;
        } else if (frame instanceof GossipFrame.Have it) {
            return 1 + it.ids().size() / 16.0;
        }
        return 1;
    }

    private void onHave(
            MachineId from,
            Neighbour neighbour,
            List<MessageId> ids,
            Instant now,
            List<Effect> effects) {
        List<MessageId> missing = new ArrayList<>();
        for (MessageId id : ids) {
            if (seen.containsKey(id) || hopeless(id)) {
                continue;
            }
            Asked before = neighbour.asked.get(id);
            if (before == null || !now.isBefore(before.again())) {
                int times = before == null ? 0 : Math.min(MAX_ASK_DOUBLINGS, before.times() + 1);
                neighbour.asked.put(
                        id, new Asked(now.plus(ASK_AGAIN.multipliedBy(1L << times)), times));
                missing.add(id);
            }
        }
        if (!missing.isEmpty()) {
            effects.add(new Effect.Send(from, new GossipFrame.Want(missing)));
        }
    }

    /**
     * @return true if it would be refused as soon as it came
     */
    private boolean hopeless(MessageId id) {
        String certificateId = hex(id.certificate());
        SessionCertificate certificate = certificates.get(certificateId);
        return distrusted.containsKey(certificateId)
                || (certificate != null && !admit.test(certificate.agent(), certificate.machine()));
    }

    private void onWant(
            MachineId from,
            Neighbour neighbour,
            List<MessageId> ids,
            Instant now,
            List<Effect> effects) {
        for (MessageId id : ids) {
            Held held = store.get(id);
            if (held == null || !admitted(held)) {
                continue;
            }
            if (!neighbour.work.take(1, now)) {
                count("refused.work");
                return;
            }
            send(from, neighbour, held, effects);
        }
    }

    private @Nullable SessionCertificate certificate(byte[] id) {
        SessionCertificate known = certificates.get(hex(id));
        return known != null ? known : store.certificate(id);
    }

    private void onCertificate(
            MachineId from,
            Neighbour neighbour,
            SessionCertificate certificate,
            Instant now,
            List<Effect> effects) {
        String id = hex(certificate.id());
        if (!certificates.containsKey(id)) {
            if (!certificate.verify(network)) {
                count("refused.certificate");
                return;
            }
            certificates.put(id, certificate);
        }
        neighbour.certificates.put(id, true);
        List<Parked> waiting =
                neighbour.parked.values().stream()
                        .filter(it -> hex(it.envelope().id().certificate()).equals(id))
                        .toList();
        waiting.forEach(it -> neighbour.unpark(it.envelope().id()));
        waiting.forEach(it -> onMessage(from, neighbour, it.envelope(), now, effects));
    }

    private void onMessage(
            MachineId from,
            Neighbour neighbour,
            Envelope envelope,
            Instant now,
            List<Effect> effects) {
        String certificateId = hex(envelope.id().certificate());
        if (seen.containsKey(envelope.id())) {
            onSeen(neighbour, envelope, certificateId, now);
            return;
        }
        if (distrusted.containsKey(certificateId)) {
            count("refused.equivocation");
            return;
        }
        if (envelope.time().isAfter(now.plus(MAX_SKEW))
                || !now.isBefore(envelope.expires(MessageStore.KEEP))) {
            count("refused.time");
            return;
        }
        SessionCertificate certificate = certificates.get(certificateId);
        if (certificate == null) {
            park(from, neighbour, envelope, now, effects);
            return;
        }
        if (!admit.test(certificate.agent(), certificate.machine())) {
            count("refused.author");
            return;
        }
        if (!neighbour.messages.take(1, now)) {
            count("refused.rate");
            return;
        }
        if (!certificate.validAt(envelope.time()) || !envelope.verify(certificate, network)) {
            count("refused.signature");
            return;
        }
        if (!authors.computeIfAbsent(
                        certificate.agent(),
                        key -> new TokenBucket(MESSAGES_PER_SECOND_OF_AUTHOR, now))
                .take(1, now)) {
            count("refused.author rate");
            return;
        }
        neighbour.asked.remove(envelope.id());
        accept(new Held(envelope, certificate), from, effects);
    }

    /** A message waits a while for the certificate of its author. */
    private void park(
            MachineId from,
            Neighbour neighbour,
            Envelope envelope,
            Instant now,
            List<Effect> effects) {
        if (neighbour.parked.containsKey(envelope.id())) {
            count("duplicates");
            return;
        }
        int bytes = envelope.encoded().length;
        if (neighbour.parked.size() >= MAX_PARKED
                || neighbour.parkedBytes + bytes > MAX_PARKED_BYTES) {
            count("refused.parked");
            return;
        }
        byte[] certificate = envelope.id().certificate();
        boolean asked =
                neighbour.parked.keySet().stream()
                        .anyMatch(id -> java.util.Arrays.equals(id.certificate(), certificate));
        neighbour.parked.put(envelope.id(), new Parked(envelope, now.plus(PARK)));
        neighbour.parkedBytes += bytes;
        if (!asked) {
            effects.add(new Effect.Send(from, new GossipFrame.WantCertificate(certificate)));
        }
    }

    /** Two different messages of one name: its author's session key says two things at once. */
    private void onSeen(Neighbour neighbour, Envelope envelope, String certificateId, Instant now) {
        Held held = store.get(envelope.id());
        if (held != null
                && !java.util.Arrays.equals(held.envelope().encoded(), envelope.encoded())
                && neighbour.messages.take(1, now)
                && envelope.verify(held.certificate(), network)) {
            count("equivocations");
            distrusted.put(certificateId, true);
        } else {
            count("duplicates");
        }
    }

    private void accept(Held held, MachineId from, List<Effect> effects) {
        seen.put(held.id(), true);
        if (!store.put(held)) {
            count("superseded");
            return;
        }
        count("delivered");
        effects.add(new Effect.Deliver(held.envelope(), held.certificate(), from));
        neighbours.forEach(
                (peer, neighbour) -> {
                    if (!peer.equals(from)) {
                        send(peer, neighbour, held, effects);
                    }
                });
    }

    private void send(MachineId to, Neighbour neighbour, Held held, List<Effect> effects) {
        if (neighbour.certificates.put(hex(held.certificate().id()), true) == null) {
            effects.add(new Effect.Send(to, new GossipFrame.Certificate(held.certificate())));
        }
        effects.add(new Effect.Send(to, new GossipFrame.Message(held.envelope())));
    }

    /**
     * @return the retained messages, for a new subscriber
     */
    List<Effect.Deliver> retained() {
        List<Effect.Deliver> all = new ArrayList<>();
        store.retained(
                held -> {
                    if (admitted(held)) {
                        all.add(new Effect.Deliver(held.envelope(), held.certificate(), self));
                    }
                });
        return all;
    }

    private boolean admitted(Held held) {
        return admit.test(held.certificate().agent(), held.certificate().machine());
    }

    /**
     * Forgets the messages of authors who are not admitted any more; they are new again if that
     * changes.
     */
    void recheck() {
        Set<MessageId> refused = store.forget(held -> !admitted(held));
        seen.keySet().removeAll(refused);
    }

    private static String hex(byte[] id) {
        return HexFormat.of().formatHex(id);
    }
}
