package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.api.RefusedException.Code;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TasksTest {
    private static final Path TODO = Path.ROOT.at("todo", ObjectType.TASKS);
    private static final Duration LEASE = Duration.ofMinutes(1);

    private final Replicas replicas = Replicas.open(3);
    private final Replicas.Peer a = replicas.get(0);
    private final Replicas.Peer b = replicas.get(1);
    private final Replicas.Peer c = replicas.get(2);

    private interface Made {
        ElementId by(TasksEditor tasks) throws RefusedException;
    }

    private interface Done {
        void by(TasksEditor tasks) throws RefusedException;
    }

    private static ElementId make(Replicas.Peer peer, Made made) throws RefusedException {
        ElementId[] id = new ElementId[1];
        SignedChange change = peer.write(it -> id[0] = made.by(it.tasks(TODO)));
        return id[0].in(change);
    }

    private static void on(Replicas.Peer peer, Done done) throws RefusedException {
        peer.write(it -> done.by(it.tasks(TODO)));
    }

    private static void refused(Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(RefusedException.class)
                .extracting(e -> ((RefusedException) e).code())
                .isEqualTo(code);
    }

    private void sync() {
        for (int i = 0; i < 2; i++) {
            for (Replicas.Peer to : replicas.peers) {
                replicas.peers.forEach(from -> Replicas.pull(to, from));
            }
        }
        Set<Id> hashes = new HashSet<>();
        replicas.peers.forEach(it -> hashes.add(it.replica.state().hash()));
        assertThat(hashes).hasSize(1);
    }

    private static Task only(Replicas.Peer peer) {
        List<Task> tasks = peer.replica.state().tasks(TODO);
        assertThat(tasks).hasSize(1);
        return tasks.get(0);
    }

    private static Id holder(Task task) {
        return task.holder().orElseThrow().author();
    }

    @Test
    void aTaskIsClaimedAndFinished() throws Exception {
        ElementId task = make(a, it -> it.add("sweep"));
        sync();
        ElementId claim = make(b, it -> it.claim(task, LEASE));
        sync();
        assertThat(only(a).status()).isEqualTo(Task.Status.CLAIMED);
        assertThat(only(a).holder())
                .contains(
                        new Task.Claim(
                                claim,
                                b.author,
                                claim.change(),
                                b.clock - 1 + 60_000,
                                false,
                                false));
        refused(Code.WRONG_STATE, () -> make(c, it -> it.claim(task, LEASE)));
        refused(Code.NOT_ALLOWED, () -> on(c, it -> it.finish(claim, Scalar.NULL)));
        refused(Code.NOT_ALLOWED, () -> on(c, it -> it.release(claim)));
        on(b, it -> it.finish(claim, Scalar.of("clean")));
        sync();
        Task done = only(c);
        assertThat(done.status()).isEqualTo(Task.Status.DONE);
        assertThat(done.results())
                .extracting(Task.Result::value)
                .containsExactly(Scalar.of("clean"));
        assertThat(done.duplicates()).isEmpty();
        refused(Code.WRONG_STATE, () -> make(c, it -> it.claim(task, LEASE)));
        refused(Code.WRONG_STATE, () -> on(b, it -> it.finish(claim, Scalar.NULL)));
        refused(Code.WRONG_STATE, () -> on(b, it -> it.renew(claim, LEASE)));
    }

    /** The ticket as the page says, counted here anew. */
    private static byte[] ticket(ElementId task, Id author) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(task.change().bytes());
        digest.update(ByteBuffer.allocate(4).putInt(task.offset()).array());
        digest.update(author.bytes());
        return digest.digest();
    }

    @Test
    void ofTwoWhoDidNotKnowOfEachOtherTheLotteryDecidesAndNoClock() throws Exception {
        for (long skew : new long[] {-36_000_000, 0, 36_000_000}) {
            Replicas here = Replicas.open(3);
            Replicas.Peer maker = here.get(0);
            Replicas.Peer one = here.get(1);
            Replicas.Peer two = here.get(2);
            ElementId task = make(maker, it -> it.add("sweep"));
            Replicas.pull(one, maker);
            Replicas.pull(two, maker);
            one.clock += skew;
            make(one, it -> it.claim(task, LEASE));
            make(two, it -> it.claim(task, LEASE));
            Replicas.pull(one, two);
            Replicas.pull(two, one);
            boolean first =
                    Id.of(ticket(task, one.author)).compareTo(Id.of(ticket(task, two.author))) < 0;
            assertThat(holder(only(one))).isEqualTo(first ? one.author : two.author);
            assertThat(only(two)).isEqualTo(only(one));
            assertThat(only(one).claims()).hasSize(2);
        }
    }

    @Test
    void whoLosesTheLotteryFinishesADuplicate() throws Exception {
        ElementId task = make(a, it -> it.add("sweep"));
        sync();
        ElementId[] claims = {
            make(b, it -> it.claim(task, LEASE)), make(c, it -> it.claim(task, LEASE))
        };
        boolean first = Id.of(ticket(task, b.author)).compareTo(Id.of(ticket(task, c.author))) < 0;
        Replicas.Peer winner = first ? b : c;
        Replicas.Peer loser = first ? c : b;
        ElementId won = claims[first ? 0 : 1];
        ElementId lost = claims[first ? 1 : 0];
        on(loser, it -> it.finish(lost, Scalar.of("too early")));
        sync();
        assertThat(only(a).status()).isEqualTo(Task.Status.CLAIMED);
        assertThat(holder(only(a))).isEqualTo(winner.author);
        assertThat(only(a).holder().map(Task.Claim::fence)).contains(won.change());
        assertThat(only(a).duplicates())
                .extracting(Task.Result::value)
                .containsExactly(Scalar.of("too early"));
        on(winner, it -> it.finish(won, Scalar.of("done")));
        sync();
        assertThat(only(a).results())
                .extracting(Task.Result::value)
                .containsExactly(Scalar.of("done"));
        assertThat(only(a).duplicates()).hasSize(1);
    }

    @Test
    void aClaimThatIsGivenBackLeavesTheOther() throws Exception {
        ElementId task = make(a, it -> it.add("sweep"));
        sync();
        ElementId bs = make(b, it -> it.claim(task, LEASE));
        make(c, it -> it.claim(task, LEASE));
        sync();
        on(b, it -> it.release(bs));
        sync();
        assertThat(holder(only(a))).isEqualTo(c.author);
        refused(Code.WRONG_STATE, () -> make(b, it -> it.claim(task, LEASE)));
    }

    @Test
    void aLeaseEndsWhenSomebodySaysSoAndNotBefore() throws Exception {
        ElementId task = make(a, it -> it.add("sweep"));
        ElementId claim = make(a, it -> it.claim(task, LEASE));
        sync();
        refused(Code.WRONG_STATE, () -> on(b, it -> it.expire(claim)));
        a.clock += 30_000;
        on(a, it -> it.renew(claim, LEASE));
        sync();
        b.clock += 70_000;
        refused(Code.WRONG_STATE, () -> on(b, it -> it.expire(claim)));
        b.clock += 30_000;
        on(b, it -> it.expire(claim));
        ElementId next = make(b, it -> it.claim(task, LEASE));
        on(a, it -> it.finish(claim, Scalar.of("late")));
        sync();
        assertThat(holder(only(c))).isEqualTo(b.author);
        assertThat(only(c).holder().map(Task.Claim::fence)).contains(next.change());
        assertThat(only(c).duplicates())
                .extracting(Task.Result::value)
                .containsExactly(Scalar.of("late"));
    }

    @Test
    void anExclusiveTaskIsTheOnesItIsGrantedTo() throws Exception {
        ElementId task = make(a, it -> it.addExclusive("launch", a.author));
        sync();
        ElementId bs = make(b, it -> it.claim(task, LEASE));
        ElementId cs = make(c, it -> it.claim(task, LEASE));
        sync();
        assertThat(only(b).status()).isEqualTo(Task.Status.OPEN);
        assertThat(only(b).holder()).isEmpty();
        assertThat(only(b).claims()).hasSize(2);
        refused(Code.NOT_ALLOWED, () -> on(b, it -> it.grant(bs)));
        on(a, it -> it.grant(cs));
        refused(Code.WRONG_STATE, () -> on(a, it -> it.grant(bs)));
        on(b, it -> it.finish(bs, Scalar.of("mine")));
        sync();
        assertThat(holder(only(b))).isEqualTo(c.author);
        assertThat(only(b).duplicates()).hasSize(1);
        on(c, it -> it.release(cs));
        sync();
        assertThat(only(a).status()).isEqualTo(Task.Status.OPEN);
        refused(Code.WRONG_STATE, () -> on(a, it -> it.grant(bs)));
    }

    /** Only an arbiter with two tongues can grant twice, and even then all see one holder. */
    @Test
    void twoGrantsOfAnArbiterWhoForksDivideNobody() throws Exception {
        Replicas.Peer twin = replicas.add(0);
        make(a, it -> it.addExclusive("launch", a.author));
        sync();
        ElementId task = only(a).id();
        ElementId bs = make(b, it -> it.claim(task, LEASE));
        ElementId cs = make(c, it -> it.claim(task, LEASE));
        sync();
        on(a, it -> it.grant(bs));
        on(twin, it -> it.grant(cs));
        sync();
        for (Replicas.Peer peer : replicas.peers) {
            assertThat(only(peer).claims()).extracting(Task.Claim::granted).containsOnly(true);
            assertThat(peer.replica.forks()).extracting(Fork::author).containsExactly(a.author);
        }
        boolean first = Id.of(ticket(task, b.author)).compareTo(Id.of(ticket(task, c.author))) < 0;
        assertThat(holder(only(c))).isEqualTo(first ? b.author : c.author);
    }

    @Test
    void onlyItsMakerOrAnAdminCancelsReopensAndRenames() throws Exception {
        ElementId task = make(b, it -> it.add("sweep"));
        sync();
        refused(Code.NOT_ALLOWED, () -> on(c, it -> it.cancel(task)));
        refused(Code.NOT_ALLOWED, () -> on(c, it -> it.rename(task, "x")));
        refused(Code.WRONG_STATE, () -> on(b, it -> it.reopen(task)));
        ElementId claim = make(c, it -> it.claim(task, LEASE));
        on(a, it -> it.rename(task, "swept by the owner of the store"));
        on(a, it -> it.cancel(task));
        refused(Code.WRONG_STATE, () -> on(a, it -> it.cancel(task)));
        on(c, it -> it.finish(claim, Scalar.of("unknowing")));
        sync();
        assertThat(only(c).title()).isEqualTo("swept by the owner of the store");
        assertThat(only(c).status()).isEqualTo(Task.Status.CANCELLED);
        assertThat(only(c).claims()).isEmpty();
        assertThat(only(c).duplicates()).hasSize(1);
        on(b, it -> it.reopen(task));
        sync();
        assertThat(only(c).status()).isEqualTo(Task.Status.OPEN);
        make(c, it -> it.claim(task, LEASE));
        sync();
        assertThat(only(a).status()).isEqualTo(Task.Status.CLAIMED);
    }

    @Test
    void aReopenedTaskIsOpenForAll() throws Exception {
        ElementId task = make(a, it -> it.add("sweep"));
        sync();
        ElementId claim = make(b, it -> it.claim(task, LEASE));
        on(b, it -> it.finish(claim, Scalar.of("badly")));
        sync();
        on(a, it -> it.reopen(task));
        sync();
        assertThat(only(c).status()).isEqualTo(Task.Status.OPEN);
        assertThat(only(c).results()).isEmpty();
        assertThat(only(c).duplicates()).hasSize(1);
        ElementId again = make(c, it -> it.claim(task, LEASE));
        on(c, it -> it.finish(again, Scalar.of("well")));
        sync();
        assertThat(only(a).results())
                .extracting(Task.Result::value)
                .containsExactly(Scalar.of("well"));
    }

    @Test
    void aTransactionDoesOneThingToATask() throws Exception {
        refused(
                Code.WRONG_STATE,
                () ->
                        a.write(
                                it -> {
                                    ElementId made = it.tasks(TODO).add("one");
                                    it.tasks(TODO).claim(made, LEASE);
                                }));
        a.write(
                it -> {
                    it.tasks(TODO).add("one");
                    it.tasks(TODO).add("two");
                });
        List<Task> tasks = a.replica.state().tasks(TODO);
        refused(
                Code.WRONG_STATE,
                () ->
                        a.write(
                                it -> {
                                    it.tasks(TODO).claim(tasks.get(0).id(), LEASE);
                                    it.tasks(TODO).rename(tasks.get(0).id(), "both");
                                }));
        a.write(
                it -> {
                    it.tasks(TODO).claim(tasks.get(0).id(), LEASE);
                    it.tasks(TODO).claim(tasks.get(1).id(), LEASE);
                });
        sync();
        assertThat(b.replica.state().tasks(TODO))
                .extracting(Task::status)
                .containsExactly(Task.Status.CLAIMED, Task.Status.CLAIMED);
        assertThat(b.replica.state().task(TODO, tasks.get(1).id()))
                .map(Task::title)
                .contains("two");
    }

    @Test
    void forgottenTasksAreNotThere() throws Exception {
        ElementId task = make(a, it -> it.add("sweep"));
        sync();
        a.write(it -> it.clear(TODO));
        make(b, it -> it.claim(task, LEASE));
        ElementId other = make(b, it -> it.add("mop"));
        sync();
        assertThat(only(a).id()).isEqualTo(other);
        assertThat(a.replica.state().task(TODO, task)).isEqualTo(Optional.empty());
        refused(Code.NOT_FOUND, () -> on(a, it -> it.rename(task, "x")));
    }
}
