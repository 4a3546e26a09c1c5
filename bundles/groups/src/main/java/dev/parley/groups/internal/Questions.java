package dev.parley.groups.internal;

import dev.parley.actor.api.Actor;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.RequestException;
import dev.parley.direct.api.RequestHandler;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.internal.core.RefusalException;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.identity.api.MachineId;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.MalformedException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Answers what other containers ask, when what the answer rests on is on disk. */
final class Questions implements RequestHandler {
    private static final int MAX_PER_PEER = 8;

    private final Actor actor;
    private final OpenGroups groups;
    private final TrustStore trust;
    private final Answers answers;
    private final Map<MachineId, Integer> asking = new ConcurrentHashMap<>();

    Questions(Actor actor, OpenGroups groups, TrustStore trust, Answers answers) {
        this.actor = actor;
        this.groups = groups;
        this.trust = trust;
        this.answers = answers;
    }

    @Override
    public String method() {
        return SyncMessage.METHOD;
    }

    @Override
    public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
        SyncMessage question;
        try {
            question = SyncMessage.decode(body);
            if (question instanceof SyncMessage.AskPiece piece) {
                return CompletableFuture.completedStage(answers.piece(piece));
            }
        } catch (MalformedException e) {
            return refusal("MALFORMED", String.valueOf(e.getMessage()));
        } catch (RequestException e) {
            return CompletableFuture.failedStage(e);
        }
        if (!(question instanceof SyncMessage.Question asked)) {
            return refusal("MALFORMED", "that is no question");
        }
        MachineId machine = caller.machine();
        if (asking.merge(machine, 1, Integer::sum) > MAX_PER_PEER) {
            end(machine);
            return refusal("BUSY", "at most " + MAX_PER_PEER + " questions at once");
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        answer.whenComplete((bytes, failure) -> end(machine));
        if (!actor.tell(() -> answer(caller, asked, answer))) {
            answer.completeExceptionally(new RequestException("BUSY", "too much waits"));
        }
        return answer;
    }

    private static CompletionStage<byte[]> refusal(String code, String message) {
        return CompletableFuture.failedStage(new RequestException(code, message));
    }

    private void end(MachineId machine) {
        asking.computeIfPresent(
                machine, (key, count) -> count <= 1 ? null : Integer.valueOf(count - 1));
    }

    private void answer(
            Caller caller, SyncMessage.Question question, CompletableFuture<byte[]> answer) {
        Optional<OpenGroup> found = groups.find(question.group());
        try {
            if (found.isEmpty()
                    || !found.get().damage().isEmpty()
                    || trust.evaluate(caller.agent(), caller.machine()).rejects()) {
                throw new RequestException("NO_SUCH_GROUP", "not here, or not for you");
            }
            if (groups.effects().behind()) {
                throw new RequestException("BUSY", "too much waits");
            }
            OpenGroup group = found.get();
            SyncMessage given = group.core().answer(caller.agent(), question, groups.now());
            groups.perform(
                    group,
                    failure -> {
                        if (failure.isPresent()) {
                            answer.completeExceptionally(
                                    new RequestException("BUSY", "the disk failed"));
                        } else {
                            answer.complete(answers.give(given));
                        }
                    });
        } catch (RefusalException e) {
            found.ifPresent(group -> groups.each(group, core -> {}));
            answer.completeExceptionally(new RequestException(e.code().name(), e.getMessage()));
        } catch (RequestException e) {
            answer.completeExceptionally(e);
        } catch (GroupException e) {
            answer.completeExceptionally(new RequestException("NO_SUCH_GROUP", e.getMessage()));
        }
    }
}
