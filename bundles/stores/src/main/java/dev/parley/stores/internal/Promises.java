package dev.parley.stores.internal;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.StorageException;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was said about the compaction of one store, on disk: the last checkpoint that this agent
 * signed, what is proposed with who approved it, and who acknowledged what. Whoever gives a
 * signature out first waits until it is here, because after a crash the next one has to contain it.
 * What this agent signed stays when the store is left: it may come back. Any thread may call;
 * writing blocks on the disk.
 */
final class Promises {
    private static final System.Logger LOG = System.getLogger(Promises.class.getName());
    private static final String SIGNED = "signed/";
    private static final String PROPOSED = "proposed/";
    private static final String ACKNOWLEDGED = "acknowledged/";

    private final KeyValueStore kept;
    private final Id store;

    /** Of each agent's acknowledgement that is on disk. */
    private final Map<Id, Long> numbers = new HashMap<>();

    private boolean deleted;

    Promises(KeyValueStore kept, Id store) {
        this.kept = kept;
        this.store = store;
    }

    private String acknowledgedBy(Id agent) {
        return ACKNOWLEDGED + store.hex() + "/" + agent.hex();
    }

    /**
     * The last checkpoint that this agent signed.
     *
     * @throws StorageException if it cannot be read; then nothing may be signed
     */
    synchronized Optional<Checkpoint> signed() throws StorageException {
        Optional<byte[]> found = kept.get(SIGNED + store.hex());
        try {
            return found.isPresent()
                    ? Optional.of(Checkpoint.decode(found.get()))
                    : Optional.empty();
        } catch (dev.parley.crdt.api.MalformedException e) {
            throw new StorageException(
                    StorageException.Reason.IO, "the last checkpoint signed: " + e.getMessage());
        }
    }

    /** This agent signs it; when this returns, it may be given out. */
    synchronized void signs(Checkpoint checkpoint) throws StorageException {
        kept.put(SIGNED + store.hex(), checkpoint.encode());
    }

    /** What is proposed; nothing if it cannot be read, because it is asked for again. */
    synchronized Optional<Compacting.Proposal> proposed() {
        Optional<byte[]> found = kept.get(PROPOSED + store.hex());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try {
            ByteReader in = new ByteReader(found.get(), "a proposal");
            Checkpoint checkpoint = CheckpointFile.checkpoint(in);
            List<Seal> approvals =
                    in.u8() == 0 ? List.of() : List.copyOf(CheckpointFile.approvals(in));
            in.end();
            return Optional.of(new Compacting.Proposal(checkpoint, approvals));
        } catch (MalformedException e) {
            damaged(e);
            return Optional.empty();
        }
    }

    synchronized void proposes(Optional<Compacting.Proposal> proposal) throws StorageException {
        if (proposal.isEmpty() || deleted) {
            kept.delete(PROPOSED + store.hex());
            return;
        }
        List<Seal> approvals = proposal.get().approvals();
        ByteWriter out = new ByteWriter(1024 + approvals.size() * Seal.BYTES);
        out.block(proposal.get().checkpoint().encode()).u8(approvals.isEmpty() ? 0 : 1);
        if (!approvals.isEmpty()) {
            CheckpointFile.write(out, approvals);
        }
        kept.put(PROPOSED + store.hex(), out.toByteArray());
    }

    /** All that can be read. */
    synchronized List<Acknowledgement> acknowledged() {
        List<Acknowledgement> all = new ArrayList<>();
        for (String key : kept.keys(ACKNOWLEDGED + store.hex() + "/")) {
            try {
                Acknowledgement read = Acknowledgement.decode(kept.get(key).orElseThrow());
                numbers.put(read.agent(), read.number());
                all.add(read);
            } catch (MalformedException e) {
                damaged(e);
            }
        }
        return all;
    }

    /** Unless a newer one of the agent is there. */
    synchronized void acknowledges(Acknowledgement acknowledgement) throws StorageException {
        Id agent = acknowledgement.agent();
        if (!deleted && numbers.getOrDefault(agent, -1L) < acknowledgement.number()) {
            kept.put(acknowledgedBy(agent), acknowledgement.encode());
            numbers.put(agent, acknowledgement.number());
        }
    }

    private void damaged(MalformedException e) {
        LOG.log(
                System.Logger.Level.WARNING,
                "store {0}: what was said of its compaction is asked for again: {1}",
                store.hex(),
                e.getMessage());
    }

    /**
     * The store is left: all goes but what this agent signed, also what it acknowledged. Its next
     * one has to have a higher number.
     */
    synchronized void delete(Id self) throws StorageException {
        deleted = true;
        kept.delete(PROPOSED + store.hex());
        for (String key : kept.keys(ACKNOWLEDGED + store.hex() + "/")) {
            if (!key.equals(acknowledgedBy(self))) {
                kept.delete(key);
            }
        }
    }
}
