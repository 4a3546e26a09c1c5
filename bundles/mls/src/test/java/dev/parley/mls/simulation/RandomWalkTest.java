package dev.parley.mls.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MlsException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole groups over a bad network, from a seed. */
class RandomWalkTest {
    @ParameterizedTest
    @CsvSource({
        "1, 5, 150, 1", "1, 6, 150, 2", "1, 8, 200, 3", "1, 8, 200, 4", "1, 12, 250, 5",
        "1, 12, 250, 6", "61441, 8, 150, 7", "2, 6, 100, 8", "1, 20, 300, 9", "1, 50, 300, 10"
    })
    void nobodyIsStuckAndWhoIsGoneReadsNothing(int suite, int size, int steps, long seed)
            throws MlsException {
        Simulation world = new Simulation(suite, size, seed);
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
                "suite %d, %d nodes, seed %d: %d messages, epoch %d (%d abandoned), %d members, %d restarts,"
                        + " %d external commits, %d attempts to read, refused %s%n",
                suite,
                size,
                seed,
                world.traffic.size(),
                winner.epoch(),
                world.abandoned(),
                members.size(),
                world.restarts,
                world.externalCommits,
                tried,
                world.refusals);
        assertThat(tried).isPositive();
    }
}
