package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.trust.nodes.LowerRooms;
import dev.parley.trust.nodes.RunningNodes;
import java.nio.file.Path;

/** Whole containers in this process, up to the room stores. */
final class Nodes extends RunningNodes<Nodes.Node> {
    Nodes(Path dir) {
        super(dir);
    }

    record Node(LowerRooms lower, StoresComponent stores) implements Running {
        Id agent() {
            return Id.of(identity().agent().bytes());
        }

        @Override
        public void closeRoom() throws Exception {
            stores.close();
        }
    }

    Node up(String name) throws Exception {
        return up(name, Limits.USUAL);
    }

    Node up(String name, Limits limits) throws Exception {
        return up(
                name,
                lower -> {
                    StoresComponent stores =
                            new StoresComponent(
                                    lower.identity(),
                                    lower.storage(),
                                    lower.network(),
                                    lower.gossip(),
                                    lower.direct(),
                                    lower.trust(),
                                    limits);
                    lower.serve(stores.handler(), stores);
                    return new Node(lower, stores);
                });
    }
}
