package dev.parley.groups.internal;

import dev.parley.identity.api.AgentId;
import dev.parley.trust.nodes.LowerRooms;
import dev.parley.trust.nodes.RunningNodes;
import java.nio.file.Path;

/** Whole containers in this process, up to the room groups. */
final class Nodes extends RunningNodes<Nodes.Node> {
    Nodes(Path dir) {
        super(dir);
    }

    record Node(LowerRooms lower, GroupsComponent groups) implements Running {
        AgentId agent() {
            return identity().agent();
        }

        @Override
        public void closeRoom() throws Exception {
            groups.close();
        }
    }

    Node up(String name) throws Exception {
        return up(
                name,
                lower -> {
                    GroupsComponent groups =
                            new GroupsComponent(
                                    lower.identity(),
                                    lower.storage(),
                                    lower.network(),
                                    lower.gossip(),
                                    lower.direct(),
                                    lower.trust());
                    lower.serve(groups.questions(), groups.peers());
                    return new Node(lower, groups);
                });
    }
}
