package dev.parley.stores.internal;

import dev.parley.crdt.api.ChangeInfo;
import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Summary;
import dev.parley.storage.api.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of one store that its compaction needs: who has acknowledged what, and which
 * checkpoint is proposed. {@link Promises} has the same on disk. The room's actor owns it.
 */
final class Compacting {
    private static final System.Logger LOG = System.getLogger(Compacting.class.getName());
    static final Duration SILENT = Duration.ofDays(30);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    private final Map<Id, Acknowledgement> acknowledged = new LinkedHashMap<>();

    /** Those that this container found out it cannot sign. */
    private final Set<Id> refused = new HashSet<>();

    private volatile Optional<Proposal> proposal = Optional.empty();

    /** The last one that this container signed. */
    private volatile Optional<Checkpoint> signed = Optional.empty();

    private boolean maySign = true;
    private final Promises promises;

    /** When somebody last wished for it, here or elsewhere. */
    private long wishedAtNanos;

    private boolean isWished;

    private long askedAtNanos;
    private boolean isAsked;

    /**
     * @param approvals those that hold
     */
    record Proposal(Checkpoint checkpoint, List<Seal> approvals) {}

    /** With what is on disk. */
    Compacting(Promises promises, Replica replica) {
        this.promises = promises;
        try {
            signed = promises.signed();
        } catch (StorageException e) {
            maySign = false;
            LOG.log(
                    System.Logger.Level.ERROR,
                    "store {0}: its checkpoints are signed no more, because it cannot be read which"
                            + " one was last: {1}",
                    replica.info().id().hex(),
                    e.getMessage());
        }
        proposal =
                promises.proposed()
                        .filter(it -> it.checkpoint().heads().stream().allMatch(replica::has));
        promises.acknowledged().forEach(this::take);
    }

    /** The same on disk. */
    Promises promises() {
        return promises;
    }

    void wish(long nowNanos) {
        isWished = true;
        wishedAtNanos = nowNanos;
    }

    boolean isWished(long nowNanos) {
        isWished &= nowNanos - wishedAtNanos < Duration.ofHours(1).toNanos();
        return isWished;
    }

    List<SyncMessage.Known> known() {
        return acknowledged.values().stream()
                .limit(SyncMessage.MAX_KNOWN)
                .map(it -> new SyncMessage.Known(it.agent(), it.number()))
                .toList();
    }

    /** As many as fit into a message. */
    List<Acknowledgement> newerThan(List<SyncMessage.Known> known) {
        Map<Id, Long> numbers = new HashMap<>();
        known.forEach(it -> numbers.put(it.agent(), it.number()));
        List<Acknowledgement> newer = new ArrayList<>();
        int bytes = 16;
        for (Acknowledgement each : acknowledged.values()) {
            Long number = numbers.get(each.agent());
            if (number == null || number < each.number()) {
                bytes += each.encode().length + 4;
                if (bytes > SyncMessage.MAX_BYTES || newer.size() == SyncMessage.MAX_IDS) {
                    break;
                }
                newer.add(each);
            }
        }
        return newer;
    }

    Optional<Acknowledgement> of(Id agent) {
        return Optional.ofNullable(acknowledged.get(agent));
    }

    /** Takes one in whose signature holds, of somebody who counts. */
    boolean take(Acknowledgement acknowledgement) {
        Acknowledgement before = acknowledged.get(acknowledgement.agent());
        boolean isNew =
                before == null
                        ? acknowledged.size() < SyncMessage.MAX_KNOWN
                        : before.number() < acknowledgement.number();
        if (isNew) {
            acknowledged.put(acknowledgement.agent(), acknowledgement);
        }
        return isNew;
    }

    Optional<Proposal> proposal() {
        return proposal;
    }

    void propose(Proposal next) {
        proposal = Optional.of(next);
    }

    /** What was proposed is done. */
    void settle() {
        proposal = Optional.empty();
    }

    /** Whether it contains the last one that this container signed. */
    boolean maySign(Replica replica, Checkpoint checkpoint) {
        return maySign
                && contains(
                        replica,
                        checkpoint.heads(),
                        signed.map(Checkpoint::heads).orElse(List.of()));
    }

    /** From now on, also if the disk should fail before it is given out. */
    void signs(Checkpoint checkpoint) {
        signed = Optional.of(checkpoint);
    }

    /** Puts the last one on disk. Another thread may call: what is last by then is kept. */
    void keepSigned() throws StorageException {
        synchronized (promises) {
            if (signed.isPresent()) {
                promises.signs(signed.get());
            }
        }
    }

    /** The same of what is proposed. */
    void keepProposal() throws StorageException {
        synchronized (promises) {
            promises.proposes(proposal);
        }
    }

    boolean isRefused(Checkpoint checkpoint) {
        return refused.contains(checkpoint.id());
    }

    void refuse(Checkpoint checkpoint) {
        if (refused.size() < SyncMessage.MAX_KNOWN) {
            refused.add(checkpoint.id());
        }
    }

    /** Who wrote, may write, and was heard of within the time: when that was, by its own word. */
    Map<Id, Long> counted(Replica replica, long nowMillis) {
        Map<Id, Long> heard = new LinkedHashMap<>();
        for (Summary.Tip tip : replica.summary().tips()) {
            if (replica.has(tip.change()) && mayWrite(replica, tip.author())) {
                heard.merge(tip.author(), millis(replica, tip.change()), Math::max);
            }
        }
        heard.replaceAll(
                (agent, millis) -> Math.max(millis, of(agent).map(it -> it.number()).orElse(0L)));
        heard.values().removeIf(millis -> nowMillis - millis > SILENT.toMillis());
        return heard;
    }

    /**
     * What all of these have by what they acknowledged, and the main line here.
     *
     * @param counted without those who have it anyway
     */
    List<Id> cut(Replica replica, Collection<Id> counted) {
        List<List<Id>> frontiers = new ArrayList<>();
        frontiers.add(replica.heads(""));
        for (Id agent : counted) {
            frontiers.add(of(agent).map(Acknowledgement::heads).orElse(List.of()));
        }
        return replica.stableCut(frontiers);
    }

    /** Whether somebody may be asked for what an offered checkpoint needs; not too often. */
    boolean mayAskAgain(long nowNanos) {
        boolean may = !isAsked || nowNanos - askedAtNanos > ASK_AGAIN.toNanos();
        if (may) {
            isAsked = true;
            askedAtNanos = nowNanos;
        }
        return may;
    }

    static boolean mayWrite(Replica replica, Id agent) {
        return replica.info().mode() == StoreInfo.Mode.OWNED
                ? agent.equals(replica.info().owner())
                : replica.role(agent).compareTo(Role.WRITER) >= 0;
    }

    private static long millis(Replica replica, Id change) {
        try {
            ChangeInfo info = replica.describe(change);
            return info.timeMillis();
        } catch (RefusedException e) {
            throw new IllegalStateException("a change that is there is not", e);
        }
    }

    /** Whether all of these and their past are in the past of those, or they themselves. */
    static boolean contains(Replica replica, List<Id> outer, List<Id> inner) {
        List<Id> sorted = inner.stream().sorted().toList();
        return sorted.stream().allMatch(replica::has)
                && replica.stableCut(List.of(outer, inner)).equals(sorted);
    }

    /** Agents who are admin by all that is known. */
    static List<Id> admins(Replica replica) {
        return replica.members().entrySet().stream()
                .filter(it -> it.getValue() == Role.ADMIN)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** By more than half of these. */
    static boolean isApproved(List<Id> admins, List<Seal> approvals) {
        return signed(admins, approvals) > admins.size() / 2;
    }

    /** How many of these. */
    static long signed(List<Id> admins, List<Seal> approvals) {
        return approvals.stream().map(Seal::agent).distinct().filter(admins::contains).count();
    }
}
