package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables as they were sent; who reads the operations says that each entry was used. */
final class SentTables {
    private static final Ref[] NO_AGENTS = {};

    /** Names nothing. */
    static final SentTables EMPTY = new SentTables();

    private final Ref[] agents;
    private final Path[] objects;
    private int agentsUsed;
    private int objectsUsed;

    private SentTables() {
        agents = NO_AGENTS;
        objects = new Path[0];
    }

    SentTables(Reader in, AgentName own, @Nullable Path likely) throws MalformedException {
        int agentCount = in.count("agents", 0, ChangeCodec.MAX_TABLE);
        agents = agentCount == 0 ? NO_AGENTS : new Ref[agentCount];
        for (int i = 0; i < agents.length; i++) {
            AgentName name = new AgentName(in.id(), ChangeCodec.branch(in));
            int forked = in.u8();
            if (forked > 1) {
                throw new MalformedException("fork " + forked + ", expected 0 or 1");
            }
            if (forked == 0 && name.equals(own)) {
                throw new MalformedException("the author is in the table of agents");
            }
            agents[i] = new Ref(name, forked == 1 ? in.id() : null, 0);
        }
        refuseTwins(agents);
        objects = new Path[in.count("objects", 0, ChangeCodec.MAX_TABLE)];
        for (int i = 0; i < objects.length; i++) {
            int parent = in.uint("a parent", i);
            ObjectType type = ObjectType.of(in.u8());
            String key = in.text("a key", 0, Path.MAX_KEY_BYTES);
            Path above = parent == 0 ? Path.ROOT : objects[parent - 1];
            if (above.type() != ObjectType.MAP || above.segments().size() == Path.MAX_DEPTH) {
                throw new MalformedException("an object under one that has no keys");
            }
            objects[i] =
                    likely != null && likely.is(above, key, type) ? likely : above.at(key, type);
        }
        refuseTwins(objects);
    }

    private static void refuseTwins(Object[] table) throws MalformedException {
        if (table.length > 1 && new HashSet<>(Arrays.asList(table)).size() < table.length) {
            throw new MalformedException("a table names something twice");
        }
    }

    /** To be used for other operations. */
    void restart() {
        agentsUsed = 0;
        objectsUsed = 0;
    }

    /** The changes with which forked agents are named. */
    List<Id> ways() {
        List<Id> ways = new ArrayList<>();
        for (Ref agent : agents) {
            Id way = agent.fork();
            if (way != null) {
                ways.add(way);
            }
        }
        return ways;
    }

    Ref ref(int agent, int number) throws MalformedException {
        if (agent > agents.length || agent > agentsUsed + 1) {
            throw new MalformedException("agent " + agent + " is not the next of the table");
        }
        agentsUsed = Math.max(agentsUsed, agent);
        return new Ref(agents[agent - 1].agent(), agents[agent - 1].fork(), number);
    }

    /** First uses come in order, and parents count as used before their children. */
    Path object(int index) throws MalformedException {
        if (index == 0) {
            return Path.ROOT;
        }
        if (index > objects.length) {
            throw new MalformedException("object " + index + " of " + objects.length);
        }
        if (index > objectsUsed) {
            Path path = objects[index - 1];
            for (int i = objectsUsed; i < index - 1; i++) {
                Path earlier = objects[i];
                int depth = earlier.segments().size();
                if (depth >= path.segments().size()
                        || !path.segments().subList(0, depth).equals(earlier.segments())) {
                    throw new MalformedException("object " + (i + 1) + " is used too late");
                }
            }
            objectsUsed = index;
        }
        return objects[index - 1];
    }

    void allUsed() throws MalformedException {
        if (agentsUsed < agents.length || objectsUsed < objects.length) {
            throw new MalformedException("a table has entries that nothing uses");
        }
    }
}
