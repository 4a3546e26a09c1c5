package dev.parley.mls.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsCredential;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.MlsLibrary;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.Proposed;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.api.SendReservation;
import dev.parley.mls.api.Signer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One machine of the simulation: it keeps a state for each commit that it could follow, so that of
 * rival commits any may win, and goes on from the best: the longest branch, and of equally long
 * ones that with the smaller hash. What it saved, it keeps for ever, for whoever steals it.
 */
final class SimulatedNode {
    private static final int RESERVED = 4;
    private static final PskSource PSKS =
            new PskSource() {
                @Override
                public Optional<byte[]> external(byte[] id) {
                    return Optional.of(Arrays.copyOf(id, 32));
                }

                @Override
                public Optional<byte[]> resumption(byte[] groupId, long epoch) {
                    return Optional.empty();
                }
            };

    /** A message that a state will never read. */
    private record Refusal(int number, String hash) {}

    /** Where it stands: in an epoch of a branch, or removed by the commit to it. */
    record Head(long epoch, String hash, Optional<GroupState> state) implements Comparable<Head> {
        @Override
        public int compareTo(Head other) {
            return Comparator.comparingLong(Head::epoch)
                    .thenComparing(Head::hash, Comparator.reverseOrder())
                    .compare(this, other);
        }
    }

    final String name;
    final MemberId id;
    private final Simulation world;
    private final Mls mls;
    private final Map<String, Signer> signers = new HashMap<>();
    private Signer newest;

    /** By hash, as all that follow. */
    private final Map<String, GroupState> states = new TreeMap<>();

    private final Map<String, Long> evicted = new TreeMap<>();
    final Map<String, List<byte[]>> saved = new TreeMap<>();
    final List<byte[]> durable = new ArrayList<>();
    private final Map<String, Integer> left = new HashMap<>();
    final List<OwnKeyPackage> keyPackages = new ArrayList<>();

    final List<Simulation.Sent> inbox = new ArrayList<>();
    final List<Simulation.Sent> heard = new ArrayList<>();
    private final List<Simulation.Sent> waiting = new ArrayList<>();
    private final Set<Refusal> refused = new HashSet<>();
    private final Map<String, Integer> firstUsable = new HashMap<>();
    private final Set<String> followed = new HashSet<>();
    private final Set<Integer> joined = new HashSet<>();
    int read;
    int again;

    SimulatedNode(Simulation world, String name) throws MlsException {
        this.world = world;
        this.name = name;
        id = MemberId.of(name.getBytes(StandardCharsets.UTF_8));
        mls =
                MlsLibrary.of(
                        world.randomness,
                        (credential, key, place, old) -> MemberId.of(credential.body()));
        newest = newSigner();
    }

    private Signer newSigner() throws MlsException {
        Signer signer = mls.signer(world.suite, mls.newSignatureKey(world.suite));
        signers.put(HexFormat.of().formatHex(signer.publicKey()), signer);
        return signer;
    }

    private Client client(Signer signer) {
        return new Client(world.suite, new MlsCredential(MlsCredential.BASIC, id.bytes()), signer);
    }

    /** The client with the key that stands in the own leaf. */
    private Client client(GroupState state) {
        return client(signers.get(HexFormat.of().formatHex(state.self().signatureKey())));
    }

    Optional<Head> head() {
        List<Head> heads = new ArrayList<>();
        states.forEach(
                (hash, state) -> heads.add(new Head(state.epoch(), hash, Optional.of(state))));
        evicted.forEach((hash, epoch) -> heads.add(new Head(epoch, hash, Optional.empty())));
        return heads.stream().max(Comparator.naturalOrder());
    }

    Optional<GroupState> state() {
        return head().flatMap(Head::state);
    }

    boolean holds(String hash) {
        return saved.containsKey(hash);
    }

    // What it does.

    void create() throws MlsException {
        enter(mls.create(client(newest), Simulation.GROUP, List.of(), world.now));
    }

    byte[] newKeyPackage() throws MlsException {
        OwnKeyPackage made = mls.newKeyPackage(client(newest), Duration.ofDays(9), world.now);
        keyPackages.add(made);
        return made.message();
    }

    void commit(List<Proposing> proposals, List<byte[]> references, boolean rotate)
            throws MlsException {
        GroupState state = state().orElseThrow();
        reserve(state);
        Optional<Client> renewed = rotate ? Optional.of(client(newSigner())) : Optional.empty();
        Committed made =
                state.commit(
                        new CommitRequest(
                                proposals,
                                references,
                                world.random.nextInt(4) == 0,
                                world.random.nextBoolean(),
                                true,
                                new byte[0],
                                client(state),
                                renewed),
                        PSKS,
                        world.now);
        renewed.ifPresent(it -> newest = it.signer());
        enter(made.staged().next());
        made.welcome().ifPresent(it -> world.send(this, state, it, Simulation.Kind.WELCOME));
        world.send(this, state, made.message(), Simulation.Kind.HANDSHAKE);
    }

    void proposeUpdate(boolean rotate) throws MlsException {
        propose(new Proposing.Update(rotate ? Optional.of(client(newSigner())) : Optional.empty()));
    }

    void propose(Proposing proposal) throws MlsException {
        GroupState state = state().orElseThrow();
        reserve(state);
        Proposed made =
                state.propose(proposal, client(state), world.random.nextBoolean(), world.now);
        enter(made.next());
        String hash = Simulation.hash(state);
        firstUsable.put(hash, saved.get(hash).size() - 1);
        world.send(this, state, made.message(), Simulation.Kind.HANDSHAKE);
    }

    void joinByCommit(SimulatedNode teller) throws MlsException {
        GroupState told = teller.state().orElseThrow();
        byte[] info = told.groupInfo(teller.client(told).signer(), true, true);
        Committed made =
                mls.joinByCommit(
                        info,
                        client(newest),
                        Optional.empty(),
                        List.of(),
                        PSKS,
                        new byte[0],
                        world.now);
        enter(made.staged().next());
        world.send(this, told, made.message(), Simulation.Kind.HANDSHAKE);
    }

    void speak() throws MlsException {
        GroupState state = state().orElseThrow();
        reserve(state);
        byte[] content = new byte[world.random.nextInt(40)];
        world.random.nextBytes(content);
        Signer signer = client(state).signer();
        byte[] message = state.encrypt(content, new byte[0], 16, signer);
        world.send(this, state, message, Simulation.Kind.APPLICATION);
    }

    /** Rarely saves after it: then a restart goes back before messages that were sent. */
    private void reserve(GroupState state) throws MlsException {
        String hash = Simulation.hash(state);
        int rest = left.getOrDefault(hash, 0);
        if (rest == 0) {
            SendReservation reservation = state.reserve(RESERVED);
            durable.add(reservation.encoded());
            reservation.durable();
            rest = RESERVED;
        }
        left.put(hash, rest - 1);
        if (world.random.nextInt(3) == 0) {
            save(hash, state);
        }
    }

    // What it hears.

    void hear(Simulation.Sent sent) throws MlsException {
        heard.add(sent);
        waiting.add(sent);
        sweep();
    }

    /** Tries what could not be read until nothing more can be. */
    private void sweep() throws MlsException {
        boolean progress = true;
        while (progress) {
            progress = false;
            for (Iterator<Simulation.Sent> all = waiting.iterator(); all.hasNext(); ) {
                Simulation.Sent sent = all.next();
                if (take(sent)) {
                    all.remove();
                    progress |= sent.kind() != Simulation.Kind.APPLICATION;
                }
            }
        }
    }

    private boolean take(Simulation.Sent sent) throws MlsException {
        if (sent.sender() == this) {
            return true;
        }
        if (sent.kind() == Simulation.Kind.WELCOME) {
            if (joined.add(sent.number())) {
                join(sent.message());
            }
            return true;
        }
        for (GroupState state : List.copyOf(states.values())) {
            Refusal refusal = new Refusal(sent.number(), Simulation.hash(state));
            if (refused.contains(refusal)) {
                continue;
            }
            Received received = state.receive(sent.message(), PSKS, world.now);
            if (received instanceof Received.Commit commit) {
                assertThat(sent.in()).isEqualTo(Simulation.hash(state));
                String hash = Simulation.hash(commit.staged().next());
                if (!states.containsKey(hash)) {
                    again += saved.containsKey(hash) ? 1 : 0;
                    followed.add(hash);
                    enter(commit.staged().next());
                }
                return true;
            } else if (received instanceof Received.Proposal proposal) {
                enter(proposal.next());
                return true;
            } else if (received instanceof Received.Evicted removal) {
                evicted.put(HexFormat.of().formatHex(removal.hash()), state.epoch() + 1);
                return true;
            } else if (received instanceof Received.Application application) {
                onApplication(state, sent, application);
                return true;
            }
            if (received instanceof Received.Refused it) {
                world.refusals.merge(it.reason(), 1, Integer::sum);
            }
            if (!(received instanceof Received.Refused it)
                    || it.reason() != Reason.UNKNOWN_PROPOSAL) {
                refused.add(refusal);
            }
        }
        return false;
    }

    private void onApplication(
            GroupState state, Simulation.Sent sent, Received.Application application)
            throws MlsException {
        read++;
        world.onRead(sent, application);
        assertThat(application.sender().id()).isEqualTo(sent.sender().id);
        Received again = state.receive(sent.message(), PSKS, world.now);
        assertThat(again).isInstanceOf(Received.Refused.class);
        assertThat(((Received.Refused) again).reason()).isEqualTo(Reason.KEY_USED);
        if (world.random.nextInt(4) == 0) {
            String hash = Simulation.hash(state);
            save(hash, state);
            GroupState copy = mls.decode(state.encode(), durable);
            assertThat(copy.receive(sent.message(), PSKS, world.now))
                    .isInstanceOf(Received.Refused.class);
        }
    }

    private void join(byte[] welcome) throws MlsException {
        List<byte[]> recipients = mls.recipients(welcome);
        for (OwnKeyPackage own : keyPackages) {
            if (recipients.stream().anyMatch(it -> Arrays.equals(it, own.reference()))) {
                enter(
                        mls.join(
                                welcome,
                                own,
                                client(signerOf(own)),
                                Optional.empty(),
                                PSKS,
                                world.now));
                return;
            }
        }
    }

    private Signer signerOf(OwnKeyPackage own) throws MlsException {
        byte[] key = mls.inspect(own.message(), world.now).signatureKey();
        return signers.get(HexFormat.of().formatHex(key));
    }

    /** Takes a new state, or the same one with another proposal in its queue. */
    private void enter(GroupState next) {
        String hash = Simulation.hash(next);
        world.onState(hash, next);
        states.put(hash, next);
        left.remove(hash);
        save(hash, next);
    }

    private void save(String hash, GroupState state) {
        saved.computeIfAbsent(hash, it -> new ArrayList<>()).add(state.encode());
    }

    /**
     * Forgets what was not saved. Of each state it has any copy that was ever saved, or none if it
     * can follow the commit to it again; but none from before its own last proposal, which nobody
     * can tell it again: {@link Proposed} asks to save before sending. And it hears everything once
     * more.
     */
    void restart(boolean newestCopy) throws MlsException {
        for (String hash : List.copyOf(states.keySet())) {
            int first = firstUsable.getOrDefault(hash, 0);
            if (!newestCopy
                    && first == 0
                    && followed.contains(hash)
                    && world.random.nextInt(4) == 0) {
                states.remove(hash);
                continue;
            }
            List<byte[]> copies = saved.get(hash);
            int older = newestCopy ? 0 : world.random.nextInt(copies.size() - first);
            int pick = copies.size() - 1 - older;
            states.put(hash, mls.decode(copies.get(pick), durable));
        }
        left.clear();
        refused.clear();
        waiting.clear();
        waiting.addAll(heard);
        sweep();
    }

    /** Everything that this one ever held, against traffic of epochs that it was no member of. */
    int tryToRead(List<Simulation.Sent> traffic) throws MlsException {
        int tried = 0;
        for (List<byte[]> copies : saved.values()) {
            GroupState stolen = mls.decode(copies.get(0), List.of());
            for (Simulation.Sent sent : traffic) {
                if (holds(sent.in()) || sent.kind() == Simulation.Kind.WELCOME) {
                    continue;
                }
                tried++;
                Received received = stolen.receive(sent.message(), PSKS, world.now);
                assertThat(received)
                        .as("%s reads what was sent in %s", name, sent.in())
                        .isNotInstanceOfAny(
                                Received.Application.class,
                                Received.Commit.class,
                                Received.Proposal.class);
            }
        }
        for (Simulation.Sent sent : traffic) {
            if (sent.kind() == Simulation.Kind.WELCOME) {
                for (OwnKeyPackage own : keyPackages) {
                    tried++;
                    tryToJoin(sent, own);
                }
            }
        }
        return tried;
    }

    private void tryToJoin(Simulation.Sent sent, OwnKeyPackage own) throws MlsException {
        boolean invited =
                mls.recipients(sent.message()).stream()
                        .anyMatch(it -> Arrays.equals(it, own.reference()));
        try {
            mls.join(sent.message(), own, client(signerOf(own)), Optional.empty(), PSKS, world.now);
            assertThat(invited).isTrue();
        } catch (MlsException expected) {
            assertThat(invited).as("%s cannot join, %s", name, expected).isFalse();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
