package dev.parley.mls.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.internal.suite.CipherSuites;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole groups over a bad network, from a seed. */
class RandomWalkTest {
    private static final int MORE = Integer.getInteger("parley.mls.walks", 0);

    /**
     * In one world somebody restarts after every step. {@code -Dparley.mls.walks=N} adds N seeds.
     */
    static Stream<Arguments> worlds() {
        return Stream.concat(
                Stream.of(
                        arguments(1, 5, 150, 1, 10),
                        arguments(1, 8, 150, 2, 10),
                        arguments(1, 12, 150, 3, 10),
                        arguments(CipherSuites.XWING_ED25519, 6, 100, 4, 10),
                        arguments(2, 6, 80, 5, 10),
                        arguments(1, 50, 100, 6, 10),
                        arguments(1, 8, 150, 7, 1)),
                IntStream.range(0, MORE)
                        .mapToObj(
                                i -> arguments(1, 4 + i % 9, 200, 1000 + i, i % 2 == 0 ? 10 : 1)));
    }

    @ParameterizedTest
    @MethodSource("worlds")
    void nobodyIsStuckAndWhoIsGoneReadsNothing(int suite, int size, int steps, long seed, int calm)
            throws MlsException {
        Simulation world = new Simulation(suite, size, seed, calm);
        world.run(steps);
        world.heal();

        SimulatedNode.Head winner = world.winner();
        GroupState state = winner.state().orElseThrow();
        List<SimulatedNode> members = world.membersOf(state);
        assertThat(members).isNotEmpty();
        for (SimulatedNode member : members) {
            assertThat(member.head().map(SimulatedNode.Head::hash))
                    .as("%s stands where the others do", member)
                    .contains(winner.hash());
        }

        int before = members.stream().mapToInt(it -> it.read).sum();
        for (SimulatedNode member : members) {
            member.speak();
        }
        world.heal();
        int after = members.stream().mapToInt(it -> it.read).sum();
        assertThat(after - before).isEqualTo(members.size() * (members.size() - 1));

        int tried = 0;
        for (SimulatedNode node : world.nodes) {
            if (size <= 12 || world.random.nextInt(5) == 0) {
                tried += node.tryToRead(world.traffic);
            }
        }
        System.out.printf(
                "suite %d, %d nodes, seed %d: %d messages, epoch %d (%d abandoned), %d members, %d restarts with %d epochs entered again,"
                        + " %d external commits, %d attempts to read, refused %s%n",
                suite,
                size,
                seed,
                world.traffic.size(),
                winner.epoch(),
                world.abandoned(),
                members.size(),
                world.restarts,
                world.nodes.stream().mapToInt(it -> it.again).sum(),
                world.externalCommits,
                tried,
                world.refusals);
        assertThat(tried).isPositive();
    }
}
