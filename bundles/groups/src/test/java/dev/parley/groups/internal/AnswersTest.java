package dev.parley.groups.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.direct.api.BlobRequest;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestException;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.identity.api.MachineId;
import dev.parley.storage.api.Hash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final MachineId WHOM = MachineId.of(new byte[32]);
    private static final SyncMessage.AskInfo QUESTION =
            new SyncMessage.AskInfo(GroupId.of(new byte[32]));

    /** One who answers all that is no wish for a piece with this. */
    private static final class Wire implements Direct {
        private final SyncMessage answer;
        private final Answers theirs = new Answers(this);
        private boolean spoils;
        private int pieces;

        Wire(SyncMessage answer) {
            this.answer = answer;
        }

        @Override
        public CompletionStage<byte[]> request(
                MachineId to, String method, byte[] body, Duration timeout) {
            try {
                assertThat(body).hasSizeLessThanOrEqualTo(MAX_BODY_BYTES);
                if (SyncMessage.decode(body) instanceof SyncMessage.AskPiece it) {
                    pieces++;
                    byte[] piece = theirs.piece(it);
                    assertThat(piece).hasSizeLessThanOrEqualTo(MAX_BODY_BYTES);
                    piece[piece.length - 1] ^= (byte) (spoils ? 1 : 0);
                    return CompletableFuture.completedStage(piece);
                }
                return CompletableFuture.completedStage(theirs.give(answer));
            } catch (Exception e) {
                return CompletableFuture.failedStage(e);
            }
        }

        @Override
        public CompletionStage<Path> fetch(
                BlobRequest blob, List<MachineId> holders, LongConsumer progress) {
            throw new UnsupportedOperationException("no blobs");
        }

        @Override
        public void offer(Hash blob) {}

        @Override
        public void withdraw(Hash blob) {}
    }

    private static SyncMessage.Info answer(int treeBytes) {
        byte[] tree = new byte[treeBytes];
        new Random(1).nextBytes(tree);
        return new SyncMessage.Info(new byte[] {1}, tree, List.of(), List.of());
    }

    private static SyncMessage ask(Wire wire) throws Exception {
        return new Answers(wire).ask(WHOM, QUESTION).toCompletableFuture().get();
    }

    @Test
    void aLongAnswerComesInPieces() throws Exception {
        Wire wire = new Wire(answer(2_000_000));
        assertThat(ask(wire).encode()).isEqualTo(answer(2_000_000).encode());
        assertThat(wire.pieces).isEqualTo(3);
    }

    @Test
    void aShortOneComesWhole() throws Exception {
        Wire wire = new Wire(answer(1000));
        assertThat(ask(wire).encode()).isEqualTo(answer(1000).encode());
        assertThat(wire.pieces).isZero();
    }

    @Test
    void piecesOfSomethingElseAreRefused() {
        Wire wire = new Wire(answer(2_000_000));
        wire.spoils = true;
        assertThatThrownBy(() -> ask(wire))
                .hasRootCauseMessage("the pieces are not the answer")
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .isNotInstanceOf(CompletionException.class);
    }

    @Test
    void whatIsNotWaitingHereIsNotGiven() {
        Answers answers = new Answers(new Wire(answer(1)));
        assertThatThrownBy(() -> answers.piece(new SyncMessage.AskPiece(Hash.of(new byte[32]), 0)))
                .isInstanceOf(RequestException.class);
    }
}
