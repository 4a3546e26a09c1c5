package dev.parley.gossip.internal;

import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.SessionCertificate;
import dev.parley.identity.api.SessionSigner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
 * duplicate, age, gate, rate, signature; cheap first). Loss is repaired by {@code Have} lists at
 * joining and at every tick; retained messages stay in those lists until their time is over, which
 * is how a late joiner gets them from whoever is there.
 */
final class GossipCore {
    static final Duration KEEP = Duration.ofMinutes(10);
    static final Duration MAX_SKEW = Duration.ofSeconds(30);
    static final int MAX_RECENT = 4096;
    static final long MAX_RECENT_BYTES = 16 << 20;
    static final int MAX_RETAINED = 4096;
    static final int MAX_SEEN = 65_536;
    static final int MAX_CERTIFICATES = 4096;
    static final int MAX_PARKED = 64;
    static final double MESSAGES_PER_SECOND = 500;

    /** What the shell is to do. */
    sealed interface Effect {
        record Send(MachineId to, GossipFrame frame) implements Effect {}

        record Deliver(Envelope envelope, SessionCertificate certificate, MachineId via)
                implements Effect {}
    }

    private static final class Neighbour {
        final Set<String> certificates = new HashSet<>();
        final List<Envelope> parked = new ArrayList<>();
        double tokens = MESSAGES_PER_SECOND;
        Instant refilled;

        Neighbour(Instant now) {
            refilled = now;
        }
    }

    private record Held(Envelope envelope, SessionCertificate certificate) {}

    private record RetainKey(AgentId author, Topic topic, String key) {}

    private final NetworkId network;
    private final MachineId self;
    private final BiPredicate<AgentId, MachineId> admit;
    private final Map<MachineId, Neighbour> neighbours = new TreeMap<>();
    private final LinkedHashMap<String, SessionCertificate> certificates = new LinkedHashMap<>();
    private final LinkedHashMap<MessageId, Boolean> seen = new LinkedHashMap<>();
    private final LinkedHashMap<MessageId, Held> recent = new LinkedHashMap<>();
    private final Map<RetainKey, Held> retained = new LinkedHashMap<>();
    private final Set<String> distrusted = new HashSet<>();
    private final Map<String, Long> counters = new TreeMap<>();
    private long recentBytes;
    private long sequence;
    private byte[] sequenceOf = new byte[0];

    GossipCore(NetworkId network, MachineId self, BiPredicate<AgentId, MachineId> admit) {
        this.network = network;
        this.self = self;
        this.admit = admit;
    }

    Map<String, Long> counters() {
        Map<String, Long> all = new TreeMap<>(counters);
        all.put("retained", (long) retained.size());
        all.put("neighbours", (long) neighbours.size());
        return all;
    }

    private void count(String what) {
        counters.merge(what, 1L, Long::sum);
    }

    void joined(MachineId peer, Instant now) {
        neighbours.put(peer, new Neighbour(now));
    }

    /** Tells a neighbour what is here, as soon as there is a way to it. */
    List<Effect> greet(MachineId peer) {
        List<Effect> effects = new ArrayList<>();
        if (neighbours.containsKey(peer)) {
            have(peer, effects);
        }
        return effects;
    }

    void left(MachineId peer) {
        neighbours.remove(peer);
    }

    /** Tells the neighbours what is here, and forgets what is over. */
    List<Effect> tick(Instant now) {
        recent.values()
                .removeIf(
                        held -> {
                            boolean over = held.envelope().time().plus(KEEP).isBefore(now);
                            recentBytes -= over ? held.envelope().encoded().length : 0;
                            return over;
                        });
        retained.values().removeIf(held -> !now.isBefore(held.envelope().expires(KEEP)));
        List<Effect> effects = new ArrayList<>();
        neighbours.keySet().forEach(peer -> have(peer, effects));
        return effects;
    }

    private void have(MachineId peer, List<Effect> effects) {
        Set<MessageId> ids = new java.util.LinkedHashSet<>();
        recent.values().stream()
                .filter(this::admitted)
                .forEach(held -> ids.add(held.envelope().id()));
        retained.values().stream()
                .filter(this::admitted)
                .forEach(held -> ids.add(held.envelope().id()));
        List<MessageId> all = List.copyOf(ids);
        for (int from = 0; from < all.size(); from += GossipFrame.MAX_IDS) {
            effects.add(
                    new Effect.Send(
                            peer,
                            new GossipFrame.Have(
                                    all.subList(
                                            from,
                                            Math.min(all.size(), from + GossipFrame.MAX_IDS)))));
        }
    }

    /** Signs and spreads a message of our own. */
    List<Effect> publish(
            SessionSigner session, Topic topic, byte[] payload, Retention retention, Instant now) {
        SessionCertificate certificate = session.certificate();
        if (!java.util.Arrays.equals(sequenceOf, certificate.id())) {
            sequenceOf = certificate.id();
            sequence = 0;
        }
        Envelope envelope =
                Envelope.sign(session, network, sequence++, now, retention, topic, payload);
        remember(certificate);
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
        } else if (frame instanceof GossipFrame.Certificate certificate) {
            onCertificate(from, neighbour, certificate.certificate(), now, effects);
        } else if (frame instanceof GossipFrame.Have have) {
            List<MessageId> missing =
                    have.ids().stream()
                            .filter(
                                    id ->
                                            !seen.containsKey(id)
                                                    && !distrusted.contains(hex(id.certificate())))
                            .toList();
            if (!missing.isEmpty()) {
                effects.add(new Effect.Send(from, new GossipFrame.Want(missing)));
            }
        } else if (frame instanceof GossipFrame.Want want) {
            want.ids()
                    .forEach(
                            id -> {
                                Held held = held(id);
                                if (held != null) {
                                    send(from, neighbour, held, effects);
                                }
                            });
        } else if (frame instanceof GossipFrame.WantCertificate want) {
            SessionCertificate certificate = certificates.get(hex(want.id()));
            if (certificate != null) {
                effects.add(new Effect.Send(from, new GossipFrame.Certificate(certificate)));
            }
        }
        return effects;
    }

    private @Nullable Held held(MessageId id) {
        Held held = recent.get(id);
        if (held != null) {
            return held;
        }
        return retained.values().stream()
                .filter(it -> it.envelope().id().equals(id))
                .findFirst()
                .orElse(null);
    }

    private void onCertificate(
            MachineId from,
            Neighbour neighbour,
            SessionCertificate certificate,
            Instant now,
            List<Effect> effects) {
        String id = hex(certificate.id());
        neighbour.certificates.add(id);
        if (!certificates.containsKey(id)) {
            if (!certificate.verify(network)) {
                count("refused.certificate");
                return;
            }
            remember(certificate);
        }
        List<Envelope> waiting =
                neighbour.parked.stream()
                        .filter(it -> hex(it.id().certificate()).equals(id))
                        .toList();
        neighbour.parked.removeAll(waiting);
        waiting.forEach(envelope -> onMessage(from, neighbour, envelope, now, effects));
    }

    private void remember(SessionCertificate certificate) {
        certificates.putIfAbsent(hex(certificate.id()), certificate);
        trim(certificates, MAX_CERTIFICATES);
    }

    private static <K, V> void trim(LinkedHashMap<K, V> map, int most) {
        while (map.size() > most) {
            map.remove(map.keySet().iterator().next());
        }
    }

    private void onMessage(
            MachineId from,
            Neighbour neighbour,
            Envelope envelope,
            Instant now,
            List<Effect> effects) {
        String certificateId = hex(envelope.id().certificate());
        if (seen.containsKey(envelope.id())) {
            onSeen(envelope, certificateId);
            return;
        }
        if (distrusted.contains(certificateId)) {
            count("refused.equivocation");
            return;
        }
        if (envelope.time().isAfter(now.plus(MAX_SKEW)) || !now.isBefore(envelope.expires(KEEP))) {
            count("refused.time");
            return;
        }
        SessionCertificate certificate = certificates.get(certificateId);
        if (certificate == null) {
            if (neighbour.parked.size() < MAX_PARKED) {
                neighbour.parked.add(envelope);
                effects.add(
                        new Effect.Send(
                                from,
                                new GossipFrame.WantCertificate(envelope.id().certificate())));
            } else {
                count("refused.parked");
            }
            return;
        }
        if (!admit.test(certificate.agent(), certificate.machine())) {
            count("refused.author");
            return;
        }
        if (!spend(neighbour, now)) {
            count("refused.rate");
            return;
        }
        if (!certificate.validAt(envelope.time()) || !envelope.verify(certificate, network)) {
            count("refused.signature");
            return;
        }
        accept(new Held(envelope, certificate), from, effects);
    }

    /** Two different messages of one name: its author's session key says two things at once. */
    private void onSeen(Envelope envelope, String certificateId) {
        Held held = held(envelope.id());
        SessionCertificate certificate = certificates.get(certificateId);
        if (held != null
                && certificate != null
                && !java.util.Arrays.equals(held.envelope().encoded(), envelope.encoded())
                && envelope.verify(certificate, network)) {
            count("equivocations");
            distrusted.add(certificateId);
        } else {
            count("duplicates");
        }
    }

    private static boolean spend(Neighbour neighbour, Instant now) {
        double seconds = Duration.between(neighbour.refilled, now).toNanos() / 1e9;
        neighbour.refilled = now;
        neighbour.tokens =
                Math.min(
                        MESSAGES_PER_SECOND * 2,
                        neighbour.tokens + Math.max(0, seconds) * MESSAGES_PER_SECOND);
        if (neighbour.tokens < 1) {
            return false;
        }
        neighbour.tokens -= 1;
        return true;
    }

    private void accept(Held held, MachineId from, List<Effect> effects) {
        Envelope envelope = held.envelope();
        seen.put(envelope.id(), true);
        trim(seen, MAX_SEEN);
        if (envelope.retention().retained() && !retain(held)) {
            count("superseded");
            return;
        }
        recent.put(envelope.id(), held);
        recentBytes += envelope.encoded().length;
        while (recent.size() > MAX_RECENT || recentBytes > MAX_RECENT_BYTES) {
            forget(recent.keySet().iterator().next());
        }
        count("delivered");
        effects.add(new Effect.Deliver(envelope, held.certificate(), from));
        neighbours.forEach(
                (peer, neighbour) -> {
                    if (!peer.equals(from)) {
                        send(peer, neighbour, held, effects);
                    }
                });
    }

    /**
     * @return false if a newer one of the same author, topic and key is here
     */
    private boolean retain(Held held) {
        RetainKey key =
                new RetainKey(
                        held.certificate().agent(),
                        held.envelope().topic(),
                        held.envelope().retention().key());
        Held old = retained.get(key);
        if (old != null && newer(old.envelope(), held.envelope())) {
            return false;
        }
        if (old != null) {
            forget(old.envelope().id());
        } else if (retained.size() >= MAX_RETAINED) {
            retained.remove(retained.keySet().iterator().next());
        }
        retained.put(key, held);
        return true;
    }

    private void send(MachineId to, Neighbour neighbour, Held held, List<Effect> effects) {
        if (neighbour.certificates.add(hex(held.certificate().id()))) {
            effects.add(new Effect.Send(to, new GossipFrame.Certificate(held.certificate())));
        }
        effects.add(new Effect.Send(to, new GossipFrame.Message(held.envelope())));
    }

    /**
     * @return the retained messages, for a new subscriber
     */
    List<Effect.Deliver> retained() {
        return retained.values().stream()
                .filter(this::admitted)
                .map(held -> new Effect.Deliver(held.envelope(), held.certificate(), self))
                .toList();
    }

    /** The same order at every container, also for two of one millisecond. */
    private static boolean newer(Envelope a, Envelope b) {
        int byTime = a.time().compareTo(b.time());
        if (byTime != 0) {
            return byTime > 0;
        }
        int byCertificate =
                java.util.Arrays.compareUnsigned(a.id().certificate(), b.id().certificate());
        return byCertificate != 0 ? byCertificate > 0 : a.id().sequence() > b.id().sequence();
    }

    private void forget(MessageId id) {
        Held held = recent.remove(id);
        recentBytes -= held == null ? 0 : held.envelope().encoded().length;
    }

    private boolean admitted(Held held) {
        return admit.test(held.certificate().agent(), held.certificate().machine());
    }

    /**
     * Forgets the messages of authors who are not admitted any more; they are new again if that
     * changes.
     */
    void recheck() {
        List<MessageId> refused = new ArrayList<>();
        recent.values().stream()
                .filter(held -> !admitted(held))
                .forEach(held -> refused.add(held.envelope().id()));
        retained.values().stream()
                .filter(held -> !admitted(held))
                .forEach(held -> refused.add(held.envelope().id()));
        retained.values().removeIf(held -> !admitted(held));
        refused.forEach(
                id -> {
                    forget(id);
                    seen.remove(id);
                });
    }

    private static String hex(byte[] id) {
        return java.util.HexFormat.of().formatHex(id);
    }
}
