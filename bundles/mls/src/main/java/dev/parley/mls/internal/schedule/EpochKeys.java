package dev.parley.mls.internal.schedule;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.tree.TreeMath;
import dev.parley.wire.api.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The keys of all messages of one epoch: the secret tree and its ratchets (RFC 9420 section 9). The
 * only part of a group that changes within an epoch.
 *
 * <p>A key is used once. A sender's is gone when {@link #next} returns it; a receiver's is gone
 * when {@link #open} succeeded and is untouched when it failed, so that nobody can spoil a message
 * by sending a forged copy first. Secrets that others can be derived of are destroyed once these
 * are.
 *
 * <p><b>Threads:</b> any; one lock guards all state, and decryption itself runs outside of it.
 */
public final class EpochKeys {
    /** Whose keys: proposals and commits have other ones than application data. */
    public enum Kind {
        HANDSHAKE,
        APPLICATION
    }

    /**
     * What is kept for messages that come late or never.
     *
     * @param maxForward the furthest that a message may be ahead of the last one of its sender
     * @param maxSkipped the most keys kept of one sender and kind; the oldest go first
     * @param maxSkippedTotal the most keys kept altogether, but for a few of each sender; then a
     *     sender's oldest go
     */
    public record Limits(int maxForward, int maxSkipped, int maxSkippedTotal) {
        public static final Limits DEFAULT = new Limits(1024, 1024, 16_384);
    }

    /** Uses a key; what it throws leaves the key as it was. */
    @FunctionalInterface
    public interface Opener<T> {
        T open(MessageKey key) throws MlsException;
    }

    /**
     * Keys of one sender and kind that stay even if there are too many altogether, so that nobody
     * who skips many takes from others what they need.
     */
    private static final int FEW = 8;

    private static final long MAX_GENERATION = 0xffff_ffffL;

    private final Object lock = new Object();
    private final CipherSuite suite;
    private final int leafCount;
    private final Limits limits;
    private final Map<Integer, Secret> nodes = new TreeMap<>();
    private final Map<Integer, Ratchet> ratchets = new TreeMap<>();
    private int skippedTotal;

    /**
     * @param encryptionSecret is taken over and destroyed when it is not needed any more
     * @param leafCount of the epoch's tree, a power of two
     */
    public EpochKeys(CipherSuite suite, Secret encryptionSecret, int leafCount, Limits limits) {
        this(suite, leafCount, limits);
        nodes.put(TreeMath.root(leafCount), encryptionSecret);
    }

    private EpochKeys(CipherSuite suite, int leafCount, Limits limits) {
        this.suite = suite;
        this.leafCount = leafCount;
        this.limits = limits;
    }

    /**
     * The key for the next message of a leaf, ours. It is not kept here.
     *
     * @throws MlsException GENERATION_TOO_FAR if all 2^32 were used
     */
    public MessageKey next(int leaf, Kind kind) throws MlsException {
        synchronized (lock) {
            Ratchet ratchet = ratchet(leaf, kind);
            if (ratchet.generation > MAX_GENERATION) {
                throw new MlsException(
                        Reason.GENERATION_TOO_FAR, "every generation of this epoch was used");
            }
            return ratchet.take(suite);
        }
    }

    /** Leaves of the epoch's tree, blank ones included. */
    public int leafCount() {
        return leafCount;
    }

    /** The generation that {@link #next} would use. */
    public long nextGeneration(int leaf, Kind kind) throws MlsException {
        synchronized (lock) {
            return ratchet(leaf, kind).generation;
        }
    }

    /**
     * Throws away every key of a leaf before a generation, for a sender whose state was restored:
     * what may have been used before is never used again.
     */
    public void discardUntil(int leaf, Kind kind, long generation) throws MlsException {
        synchronized (lock) {
            Ratchet ratchet = ratchet(leaf, kind);
            skippedTotal -= ratchet.skipped.size();
            ratchet.discardUntil(suite, Math.min(generation, MAX_GENERATION + 1));
            skippedTotal += ratchet.skipped.size();
        }
    }

    /**
     * Uses the key of a received message up if, and only if, the opener succeeds.
     *
     * @throws MlsException KEY_USED if it was used or thrown away, GENERATION_TOO_FAR if it is
     *     further ahead than {@link Limits#maxForward}, NO_SUCH_MEMBER if there is no such leaf, or
     *     what the opener throws
     */
    public <T> T open(int leaf, Kind kind, long generation, Opener<T> opener) throws MlsException {
        return open(leaf, kind, generation, opener, false);
    }

    private <T> T open(int leaf, Kind kind, long generation, Opener<T> opener, boolean keep)
            throws MlsException {
        Claim claim;
        synchronized (lock) {
            claim = claim(ratchet(leaf, kind), generation);
        }
        try {
            T opened = opener.open(claim.key);
            synchronized (lock) {
                settle(ratchet(leaf, kind), claim, keep);
            }
            return opened;
        } finally {
            claim.destroy();
        }
    }

    /**
     * As {@link #open}, but the key stays with those of skipped messages, so that the same message
     * can be opened again.
     */
    public <T> T peek(int leaf, Kind kind, long generation, Opener<T> opener) throws MlsException {
        return open(leaf, kind, generation, opener, true);
    }

    /** A copy of a key, and what the ratchet becomes if it turns out to be good. */
    private static final class Claim {
        final MessageKey key;
        final long base;
        final List<MessageKey> between = new ArrayList<>();
        final Secret after;

        /** A key that was kept. */
        Claim(MessageKey key) {
            this.key = key;
            this.base = -1;
            this.after = Secret.zeros(0);
        }

        /** A key that is ahead. */
        Claim(CipherSuite suite, Ratchet ratchet, long generation) {
            base = ratchet.generation;
            Secret secret = ratchet.secret.copy();
            for (long at = base; at < generation; at++) {
                between.add(Ratchet.key(suite, secret, at));
                Secret next = Ratchet.next(suite, secret, at);
                secret.destroy();
                secret = next;
            }
            key = Ratchet.key(suite, secret, generation);
            after = Ratchet.next(suite, secret, generation);
            secret.destroy();
        }

        void destroy() {
            key.destroy();
            between.forEach(MessageKey::destroy);
            after.destroy();
        }
    }

    private Claim claim(Ratchet ratchet, long generation) throws MlsException {
        if (generation < ratchet.generation) {
            MessageKey kept = ratchet.skipped.get(generation);
            if (kept == null) {
                throw used(generation);
            }
            return new Claim(kept.copy());
        }
        if (generation > MAX_GENERATION || generation - ratchet.generation > limits.maxForward()) {
            throw new MlsException(
                    Reason.GENERATION_TOO_FAR,
                    "generation "
                            + generation
                            + ", expected at most "
                            + (ratchet.generation + limits.maxForward()));
        }
        return new Claim(suite, ratchet, generation);
    }

    private static MlsException used(long generation) {
        return new MlsException(
                Reason.KEY_USED, "the key of generation " + generation + " is not there any more");
    }

    /** Forgets the claimed key; somebody else may have been here since it was claimed. */
    private void settle(Ratchet ratchet, Claim claim, boolean keep) throws MlsException {
        long generation = claim.key.generation();
        if (claim.base == ratchet.generation) {
            ratchet.secret.destroy();
            ratchet.secret = claim.after.copy();
            ratchet.generation = generation + 1;
            claim.between.forEach(key -> keep(ratchet, key.copy()));
            if (keep) {
                keep(ratchet, claim.key.copy());
            }
        } else if (generation < ratchet.generation) {
            if (!keep) {
                forget(ratchet, generation);
            }
        } else {
            while (ratchet.generation < generation) {
                keep(ratchet, ratchet.take(suite));
            }
            MessageKey own = ratchet.take(suite);
            if (keep) {
                keep(ratchet, own);
            } else {
                own.destroy();
            }
        }
    }

    private void forget(Ratchet ratchet, long generation) throws MlsException {
        MessageKey kept = ratchet.skipped.remove(generation);
        if (kept == null) {
            throw used(generation);
        }
        kept.destroy();
        skippedTotal--;
    }

    private void keep(Ratchet ratchet, MessageKey key) {
        ratchet.skipped.put(key.generation(), key);
        skippedTotal++;
        while (ratchet.skipped.size() > limits.maxSkipped()
                || skippedTotal > limits.maxSkippedTotal() && ratchet.skipped.size() > FEW) {
            ratchet.skipped.pollFirstEntry().getValue().destroy();
            skippedTotal--;
        }
    }

    /** How many keys of skipped messages are kept. */
    public int skippedKeys() {
        synchronized (lock) {
            return skippedTotal;
        }
    }

    private static int slot(int leaf, Kind kind) {
        return leaf * 2 + kind.ordinal();
    }

    private Ratchet ratchet(int leaf, Kind kind) throws MlsException {
        if (leaf < 0 || leaf >= leafCount) {
            throw new MlsException(Reason.NO_SUCH_MEMBER, "no leaf " + leaf);
        }
        Ratchet known = ratchets.get(slot(leaf, kind));
        if (known != null) {
            return known;
        }
        Secret secret = leafSecret(leaf);
        int length = suite.secretLength();
        for (Kind each : Kind.values()) {
            String label = each == Kind.HANDSHAKE ? "handshake" : "application";
            Ratchet made =
                    new Ratchet(suite.expandWithLabel(secret, label, new byte[0], length), 0);
            ratchets.put(slot(leaf, each), made);
        }
        secret.destroy();
        return java.util.Objects.requireNonNull(ratchets.get(slot(leaf, kind)));
    }

    /** Takes the secret of a leaf out of the tree, whose nodes above it are split on the way. */
    private Secret leafSecret(int leaf) throws MlsException {
        int target = TreeMath.ofLeaf(leaf);
        int node = target;
        while (!nodes.containsKey(node)) {
            if (node == TreeMath.root(leafCount)) {
                throw new MlsException(
                        Reason.KEY_USED, "the keys of leaf " + leaf + " were destroyed");
            }
            node = TreeMath.parent(node);
        }
        while (node != target) {
            Secret secret = java.util.Objects.requireNonNull(nodes.remove(node));
            int left = TreeMath.left(node);
            int right = TreeMath.right(node);
            nodes.put(left, child(secret, "left"));
            nodes.put(right, child(secret, "right"));
            secret.destroy();
            node = target < node ? left : right;
        }
        return java.util.Objects.requireNonNull(nodes.remove(target));
    }

    private Secret child(Secret secret, String side) {
        return suite.expandWithLabel(
                secret, "tree", side.getBytes(StandardCharsets.US_ASCII), suite.secretLength());
    }

    /** Overwrites every key; nothing can be sent or opened any more. */
    public void destroy() {
        synchronized (lock) {
            nodes.values().forEach(Secret::destroy);
            nodes.clear();
            ratchets.values().forEach(Ratchet::destroy);
            ratchets.clear();
            skippedTotal = 0;
        }
    }

    /** Writes all keys, for a state that the caller seals. */
    public void write(TlsWriter out) {
        synchronized (lock) {
            out.u32(leafCount);
            out.list(
                    List.copyOf(nodes.entrySet()),
                    (to, each) -> to.u32(each.getKey()).put(each.getValue()));
            out.list(
                    List.copyOf(ratchets.entrySet()),
                    (to, each) -> {
                        Ratchet ratchet = each.getValue();
                        to.u32(each.getKey()).u64(ratchet.generation).put(ratchet.secret);
                        to.list(
                                List.copyOf(ratchet.skipped.values()),
                                (into, key) ->
                                        into.u32(key.generation()).put(key.key()).put(key.nonce()));
                    });
        }
    }

    /** Reads what {@link #write} wrote. */
    public static EpochKeys read(TlsReader in, CipherSuite suite, Limits limits)
            throws MalformedException {
        long leafCount = in.u32();
        if (leafCount < 1 || leafCount > 1 << 29 || Long.bitCount(leafCount) != 1) {
            throw in.unexpected("leaf count", leafCount);
        }
        EpochKeys keys = new EpochKeys(suite, (int) leafCount, limits);
        in.list(
                each -> {
                    int node = index(each, 2 * leafCount - 1);
                    keys.nodes.put(node, secret(each, suite.secretLength()));
                    return node;
                });
        in.list(
                each -> {
                    int slot = index(each, 2 * leafCount);
                    long generation = each.u64();
                    if (generation < 0 || generation > MAX_GENERATION + 1) {
                        throw each.unexpected("generation", generation);
                    }
                    Ratchet ratchet = new Ratchet(secret(each, suite.secretLength()), generation);
                    each.list(next -> readSkipped(next, suite))
                            .forEach(key -> ratchet.skipped.put(key.generation(), key));
                    keys.skippedTotal += ratchet.skipped.size();
                    keys.ratchets.put(slot, ratchet);
                    return slot;
                });
        return keys;
    }

    private static int index(TlsReader in, long end) throws MalformedException {
        long index = in.u32();
        if (index >= end) {
            throw in.unexpected("index", index);
        }
        return (int) index;
    }

    private static MessageKey readSkipped(TlsReader in, CipherSuite suite)
            throws MalformedException {
        return new MessageKey(
                in.u32(),
                secret(in, suite.aead().keyLength()),
                secret(in, suite.aead().nonceLength()));
    }

    private static Secret secret(TlsReader in, int length) throws MalformedException {
        int found = in.length();
        if (found != length) {
            throw in.unexpected("length of a secret", found);
        }
        return Secret.wrap(in.fixed(length));
    }
}
