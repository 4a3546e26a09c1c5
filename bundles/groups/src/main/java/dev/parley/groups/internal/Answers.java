package dev.parley.groups.internal;

import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestException;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.identity.api.MachineId;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.MalformedException;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Questions and answers of any length: long answers wait here for their pieces to be fetched.
 * Thread-safe.
 */
final class Answers {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_ENTRIES = 16;
    private static final long MAX_BYTES = 32L << 20;

    private final Direct direct;
    private final Map<Hash, byte[]> large = new LinkedHashMap<>();
    private long largeBytes;

    Answers(Direct direct) {
        this.direct = direct;
    }

    /** What crosses the wire in answer. */
    byte[] give(SyncMessage answer) {
        byte[] bytes = answer.encode();
        if (bytes.length <= SyncMessage.MAX_WHOLE_BYTES) {
            return bytes;
        }
        Hash hash = Hash.sha256(bytes);
        synchronized (large) {
            if (large.put(hash, bytes) == null) {
                largeBytes += bytes.length;
            }
            Iterator<byte[]> oldest = large.values().iterator();
            while (large.size() > 1 && (large.size() > MAX_ENTRIES || largeBytes > MAX_BYTES)) {
                largeBytes -= oldest.next().length;
                oldest.remove();
            }
        }
        return new SyncMessage.Large(hash, bytes.length).encode();
    }

    byte[] piece(SyncMessage.AskPiece question) throws RequestException {
        byte[] bytes;
        synchronized (large) {
            bytes = large.get(question.hash());
        }
        if (bytes == null || question.offset() >= bytes.length) {
            throw new RequestException("NO_SUCH_GROUP", "no such answer waits here");
        }
        int end = Math.min(bytes.length, question.offset() + SyncMessage.MAX_WHOLE_BYTES);
        return new SyncMessage.Piece(Arrays.copyOfRange(bytes, question.offset(), end)).encode();
    }

    /**
     * Asks, and fetches all of the answer.
     *
     * @return fails with {@link RequestException}
     */
    CompletionStage<SyncMessage> ask(MachineId whom, SyncMessage question) {
        return direct.request(whom, SyncMessage.METHOD, question.encode(), TIMEOUT)
                .thenCompose(
                        bytes -> {
                            SyncMessage answer = decode(bytes);
                            return answer instanceof SyncMessage.Large it
                                    ? fetch(whom, it, new ByteArrayOutputStream())
                                    : CompletableFuture.completedStage(answer);
                        });
    }

    private CompletionStage<SyncMessage> fetch(
            MachineId whom, SyncMessage.Large what, ByteArrayOutputStream got) {
        if (got.size() >= what.length()) {
            byte[] bytes = got.toByteArray();
            if (bytes.length != what.length() || !Hash.sha256(bytes).equals(what.hash())) {
                throw new IllegalArgumentException("the pieces are not the answer");
            }
            return CompletableFuture.completedStage(decode(bytes));
        }
        return direct.request(
                        whom,
                        SyncMessage.METHOD,
                        new SyncMessage.AskPiece(what.hash(), got.size()).encode(),
                        TIMEOUT)
                .thenCompose(
                        bytes -> {
                            if (!(decode(bytes) instanceof SyncMessage.Piece piece)) {
                                throw new IllegalArgumentException("no piece in answer");
                            }
                            got.writeBytes(piece.content());
                            return fetch(whom, what, got);
                        });
    }

    private static SyncMessage decode(byte[] bytes) {
        try {
            return SyncMessage.decode(bytes);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
