package dev.parley.mls.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.Change;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.Member;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.api.Received;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * A group over a network that loses, delays, reorders and repeats, and that falls apart into halves
 * for a while. Nobody orders the commits: members commit at the same time and choose afterwards.
 * All of it follows from a seed.
 */
final class Simulation {
    static final byte[] GROUP = "simulated".getBytes(StandardCharsets.UTF_8);

    enum Kind {
        HANDSHAKE,
        WELCOME,
        APPLICATION
    }

    /**
     * @param in the hash of the epoch that it was sent in
     */
    record Sent(int number, SimulatedNode sender, String in, byte[] message, Kind kind) {}

    /** Whether nodes of different halves hear each other. */
    private boolean apart;

    final int suite;
    private final int calm;
    final Random random;
    final Randomness randomness;
    final List<SimulatedNode> nodes = new ArrayList<>();
    final List<Sent> traffic = new ArrayList<>();
    final Map<MlsException.Reason, Integer> refusals = new EnumMap<>(MlsException.Reason.class);
    final Map<MlsException.Reason, Integer> impossible = new EnumMap<>(MlsException.Reason.class);
    private final Map<String, String> epochs = new HashMap<>();
    private final Map<String, Sent> generations = new HashMap<>();
    Instant now = Instant.parse("2026-11-21T12:00:00Z");
    int restarts;
    int externalCommits;

    /**
     * @param calm after one step in so many somebody restarts
     */
    Simulation(int suite, int size, long seed, int calm) throws MlsException {
        this.suite = suite;
        this.calm = calm;
        random = new Random(seed);
        randomness =
                length -> {
                    byte[] bytes = new byte[length];
                    random.nextBytes(bytes);
                    return bytes;
                };
        for (int i = 0; i < size; i++) {
            nodes.add(new SimulatedNode(this, "node-" + i));
        }
    }

    static String hash(GroupState state) {
        return HexFormat.of().formatHex(state.confirmedTranscriptHash());
    }

    /** All who are in one epoch of one branch have the same secrets. */
    void onState(String hash, GroupState state) {
        HexFormat hex = HexFormat.of();
        String secrets =
                hex.formatHex(state.epochAuthenticator())
                        + hex.formatHex(state.export("simulation", new byte[] {1}, 32))
                        + hex.formatHex(state.treeHash());
        String before = epochs.putIfAbsent(hash, secrets);
        if (before != null) {
            assertThat(secrets).isEqualTo(before);
        }
    }

    /** A sender never uses one generation for two messages, restarted or not. */
    void onRead(Sent sent, Received.Application application) {
        String key =
                sent.in() + ':' + application.sender().leafIndex() + ':' + application.generation();
        Sent before = generations.putIfAbsent(key, sent);
        assertThat(before == null || before == sent).as("generation %s used twice", key).isTrue();
    }

    Sent send(SimulatedNode sender, GroupState in, byte[] message, Kind kind) {
        Sent sent = new Sent(traffic.size(), sender, hash(in), message, kind);
        traffic.add(sent);
        for (SimulatedNode node : nodes) {
            if (node != sender && random.nextInt(10) > 0) {
                node.inbox.add(sent);
                if (random.nextInt(10) == 0) {
                    node.inbox.add(sent);
                }
            }
        }
        return sent;
    }

    void run(int steps) throws MlsException {
        nodes.get(0).create();
        grow(nodes.get(0), nodes.size() / 2);
        for (int i = 0; i < steps; i++) {
            if (random.nextInt(25) == 0) {
                apart = !apart;
            }
            now = now.plusSeconds(random.nextInt(60));
            List<SimulatedNode> members =
                    nodes.stream().filter(it -> it.state().isPresent()).toList();
            act(members.get(random.nextInt(members.size())));
            deliver();
            if (random.nextInt(calm) == 0) {
                restarts++;
                restart(any(nodes));
            }
        }
    }

    /** Between two messages, which have to be of two keys. */
    private void restart(SimulatedNode node) throws MlsException {
        if (node.state().isPresent()) {
            node.speak();
        }
        node.restart(random.nextBoolean());
        if (node.state().isPresent()) {
            node.speak();
        }
    }

    private void grow(SimulatedNode committer, int count) throws MlsException {
        List<Proposing> adds = new ArrayList<>();
        for (SimulatedNode node : nodes.subList(1, 1 + count)) {
            adds.add(new Proposing.Add(node.newKeyPackage()));
        }
        committer.commit(adds, List.of(), false);
    }

    private void act(SimulatedNode actor) throws MlsException {
        GroupState state = actor.state().orElseThrow();
        try {
            switch (random.nextInt(12)) {
                case 0, 1 -> {
                    Optional<SimulatedNode> guest = outsider(state);
                    if (guest.isPresent()) {
                        Proposing add = new Proposing.Add(guest.get().newKeyPackage());
                        if (random.nextInt(3) == 0) {
                            actor.propose(add);
                        } else {
                            actor.commit(List.of(add), List.of(), false);
                        }
                    }
                }
                case 2 -> {
                    Member leaver = any(state.members());
                    if (leaver.leafIndex() != state.self().leafIndex()
                            && state.members().size() > 3) {
                        Proposing remove = new Proposing.Remove(leaver.leafIndex());
                        if (random.nextInt(3) == 0) {
                            actor.propose(remove);
                        } else {
                            actor.commit(List.of(remove), List.of(), false);
                        }
                    }
                }
                case 3 -> actor.proposeUpdate(random.nextBoolean());
                case 4 -> {
                    if (random.nextInt(3) == 0 && state.members().size() > 3) {
                        actor.propose(new Proposing.SelfRemove());
                    }
                }
                case 5 -> {
                    byte[] id = new byte[4];
                    random.nextBytes(id);
                    actor.commit(List.of(new Proposing.ExternalPsk(id)), List.of(), false);
                }
                case 6 -> actor.commit(List.of(), List.of(), true);
                case 7 -> {
                    if (random.nextInt(2) == 0) {
                        outsider(state).orElse(any(nodes)).joinByCommit(actor);
                        externalCommits++;
                    }
                }
                case 8, 9 -> commitQueued(actor, state);
                default -> {
                    for (int i = 0; i < 3; i++) {
                        actor.speak();
                    }
                }
            }
        } catch (MlsException e) {
            impossible.merge(e.reason(), 1, Integer::sum);
            throw e;
        }
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private Optional<SimulatedNode> outsider(GroupState state) {
        List<SimulatedNode> outside =
                nodes.stream().filter(it -> state.find(it.id).isEmpty()).toList();
        return outside.isEmpty() ? Optional.empty() : Optional.of(any(outside));
    }

    /** One queued proposal that may be committed by this one, or else a new path alone. */
    private void commitQueued(SimulatedNode actor, GroupState state) throws MlsException {
        List<byte[]> fitting = new ArrayList<>();
        for (Received.Proposal proposal : state.queued()) {
            boolean mine = proposal.sender().map(it -> it.equals(state.self())).orElse(false);
            boolean fits =
                    proposal.change() instanceof Change.Removed removed
                            ? removed.member().leafIndex() != state.self().leafIndex()
                            : proposal.change() instanceof Change.Added || !mine;
            if (fits) {
                fitting.add(proposal.reference());
            }
        }
        actor.commit(List.of(), fitting.isEmpty() ? List.of() : List.of(any(fitting)), false);
    }

    private boolean hears(SimulatedNode node, Sent sent) {
        return !apart || (nodes.indexOf(node) % 2) == (nodes.indexOf(sent.sender()) % 2);
    }

    private void deliver() throws MlsException {
        for (SimulatedNode node : nodes) {
            if (random.nextInt(3) == 0) {
                continue;
            }
            Collections.shuffle(node.inbox, random);
            for (Sent sent : List.copyOf(node.inbox)) {
                if (random.nextInt(4) > 0 && hears(node, sent)) {
                    node.inbox.remove(sent);
                    node.hear(sent);
                }
            }
        }
    }

    /** Everybody hears everything, in an order of their own. */
    void heal() throws MlsException {
        apart = false;
        for (SimulatedNode node : nodes) {
            node.inbox.clear();
            List<Sent> missing = new ArrayList<>(traffic);
            missing.removeAll(node.heard);
            Collections.shuffle(missing, random);
            for (Sent sent : missing) {
                node.hear(sent);
            }
        }
    }

    SimulatedNode.Head winner() {
        return nodes.stream()
                .flatMap(it -> it.head().stream())
                .filter(it -> it.state().isPresent())
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Epochs that lost against a rival, or follow one that did. */
    int abandoned() {
        return epochs.size() - 1 - (int) winner().epoch();
    }

    List<SimulatedNode> membersOf(GroupState state) {
        Map<MemberId, SimulatedNode> byId =
                nodes.stream().collect(Collectors.toMap(it -> it.id, it -> it));
        return state.members().stream().map(it -> byId.get(it.id())).toList();
    }
}
