package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.direct.api.RequestException;
import dev.parley.storage.api.StorageException;
import java.util.Optional;

/** Gives others the checkpoint of a store, and its file in parts. Runs on the room's thread. */
final class CheckpointServer {
    private CheckpointServer() {}

    /** What is proposed, or was compacted to. */
    static Optional<SyncMessage> checkpoint(OpenStore store) {
        Optional<Compacting.Proposal> proposal = store.compacting.proposal();
        if (proposal.isPresent()) {
            return proposal.map(
                    it -> new SyncMessage.Checkpointed(it.checkpoint(), it.approvals(), 0));
        }
        return floor(store);
    }

    /** For those who miss what was given up here. */
    static Optional<SyncMessage> floor(OpenStore store) {
        return store.replica().lacksIds()
                ? Optional.empty()
                : store.checkpoint()
                        .map(
                                it ->
                                        new SyncMessage.Checkpointed(
                                                it.checkpoint(),
                                                it.approvals(),
                                                store.fileLength()));
    }

    /** A part of the file of what was compacted to. */
    static SyncMessage part(OpenStore store, SyncMessage.AskFile question) throws RequestException {
        byte[] part =
                part(store, question.checkpoint(), question.offset(), SyncMessage.MAX_PIECE_BYTES);
        return new SyncMessage.Piece(store.fileLength(), part);
    }

    /** The same, and where the ids that lie apart begin. */
    static SyncMessage part(OpenStore store, SyncMessage.AskPart question) throws RequestException {
        // As much as fits into one part is not worth a second question.
        int apart = store.fileLength() - store.fileBeginning();
        int beginning =
                apart <= SyncMessage.MAX_IDS_BYTES ? store.fileLength() : store.fileBeginning();
        int before = beginning - question.offset();
        int most =
                before > 0
                        ? Math.min(before, SyncMessage.MAX_PIECE_BYTES)
                        : SyncMessage.MAX_IDS_BYTES;
        byte[] part = part(store, question.checkpoint(), question.offset(), most);
        return new SyncMessage.Part(store.fileLength(), beginning, part);
    }

    private static byte[] part(OpenStore store, Id checkpoint, int offset, int most)
            throws RequestException {
        boolean isHere =
                !store.replica().lacksIds()
                        && store.checkpoint()
                                .filter(it -> it.checkpoint().id().equals(checkpoint))
                                .isPresent();
        if (!isHere) {
            throw new RequestException("NO_SUCH_CHECKPOINT", "it is not here");
        }
        try {
            byte[] part = store.files().checkpointPart(offset, most);
            if (part.length == 0) {
                throw new RequestException("MALFORMED", "it has " + store.fileLength() + " bytes");
            }
            return part;
        } catch (StorageException e) {
            throw new RequestException("NO_SUCH_CHECKPOINT", String.valueOf(e.getMessage()));
        }
    }
}
