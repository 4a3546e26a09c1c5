package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What surfaces ask of a replica without going through all of it. */
class TouchedTest {
    private static final Path TITLE = Path.ROOT.at("title", ObjectType.REGISTER);
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);

    @Test
    void aChangeNamesTheObjectsItIsAboutUntilItsOperationsAreGivenUp() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer a = replicas.get(0);
        Id one = a.write(it -> it.set(TITLE, Scalar.of("x"))).id();
        Id two =
                a.write(
                                it -> {
                                    it.increment(COUNT, 1);
                                    it.set(TITLE, Scalar.of("y"));
                                    it.increment(COUNT, 1);
                                })
                        .id();
        Id three = a.write(it -> it.role(replicas.get(1).author, Role.WRITER)).id();
        assertThat(a.replica.touched(one)).containsExactly(TITLE);
        assertThat(a.replica.touched(two)).containsExactlyInAnyOrder(TITLE, COUNT);
        assertThat(a.replica.touched(three)).containsExactly(Path.ROOT);
        assertThatThrownBy(() -> a.replica.touched(a.author)).isInstanceOf(RefusedException.class);
        for (int i = 0; i < a.replica.size(); i++) {
            assertThat(a.replica.id(i)).isEqualTo(a.replica.change(i).id());
        }
        Snapshot snapshot = a.replica.snapshot(a.replica.heads(""), false);
        a.replica.compact(snapshot.checkpoint(), snapshot.file());
        assertThatThrownBy(() -> a.replica.touched(one)).isInstanceOf(RefusedException.class);
        assertThat(a.replica.indexOf(a.replica.id(0))).isZero();
    }

    @Property(tries = 200)
    void aMapHasAKeyExactlyIfThereIsContentAtItsPath(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        State state = HistoryFileTest.random(random, 3, 30).get(0).replica.state();
        Set<Path.Segment> keys = new HashSet<>(state.keys(Path.ROOT));
        for (ObjectType type : ObjectType.values()) {
            for (Path.Segment key : state.keys(Path.ROOT)) {
                assertThat(state.has(Path.ROOT.at(key.key(), type)))
                        .isEqualTo(keys.contains(new Path.Segment(key.key(), type)));
            }
            assertThat(state.has(Path.ROOT.at("no such key", type))).isFalse();
        }
    }
}
