package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Time travel, blame, cursors, differences. */
class HistoryTest {
    private static final Path TEXT = Path.ROOT.at("body", ObjectType.TEXT);
    private static final Path TITLE = Path.ROOT.at("title", ObjectType.REGISTER);
    private static final Path VISITS = Path.ROOT.at("visits", ObjectType.COUNTER);

    private final Replicas replicas = Replicas.open(2);
    private final Replicas.Peer a = replicas.get(0);
    private final Replicas.Peer b = replicas.get(1);

    private static String text(Replicas.Peer peer) {
        return peer.replica.state().text(TEXT);
    }

    @Test
    void timeTravelBlameAndCursors() throws Exception {
        a.write(it -> it.text(TEXT).insert(0, "one three"));
        List<Id> first = a.replica.heads("");
        Replicas.pull(b, a);
        b.write(it -> it.text(TEXT).insert(4, "two "));
        Replicas.pull(a, b);
        TextCursor cursor = a.replica.state().cursor(TEXT, 8, false);
        a.write(it -> it.text(TEXT).delete(0, 4));
        assertThat(text(a)).isEqualTo("two three");
        assertThat(a.replica.state().position(TEXT, cursor)).isEqualTo(4);
        assertThat(a.replica.at(first).text(TEXT)).isEqualTo("one three");
        assertThat(a.replica.state().blame(TEXT))
                .extracting(Blame::author)
                .containsExactly(b.author, a.author);
        assertThat(a.replica.diff(first, a.replica.heads("")))
                .containsExactly(
                        new Difference(
                                TEXT,
                                "one three",
                                "two three",
                                List.of(new TextEdit(0, 4, "two "))));
    }

    @Test
    void aMergeSaysWhatBothChanged() throws Exception {
        a.write(
                it -> {
                    it.set(TITLE, Scalar.of("t"));
                    it.text(TEXT).insert(0, "body");
                    it.increment(VISITS, 1);
                });
        a.replica.transact(
                a.author,
                "draft",
                "",
                a.clock++,
                Replicas::signature,
                it -> {
                    it.set(TITLE, Scalar.of("draft"));
                    it.text(TEXT).insert(4, "!");
                });
        a.write(
                it -> {
                    it.text(TEXT).insert(0, "The ");
                    it.increment(VISITS, 1);
                });
        assertThat(a.replica.changedOnBoth("draft", "")).containsExactly(TEXT);
        a.replica.merge(a.author, "draft", "", "", a.clock++, Replicas::signature);
        assertThat(text(a)).isEqualTo("The body!");
        assertThat(a.replica.state().register(TITLE)).contains(Scalar.of("draft"));
    }
}
