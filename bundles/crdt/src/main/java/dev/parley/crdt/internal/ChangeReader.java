package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.SignedChange;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads changes that come one after the other. What a change says as the one before it did is not
 * made again: a keystroke's change differs from the last one in few of its bytes.
 */
final class ChangeReader {
    private final Reader in = new Reader(new byte[0]);
    private final OperationReader operations = new OperationReader(in);
    private @Nullable Change before;
    private @Nullable Id beforeId;

    /** The bytes of the last tables, and what they say if this agent wrote them. */
    private byte[] tableBytes = {};

    private @Nullable AgentName tableOwner;
    private @Nullable SentTables tables;

    /** Notes a change that was read and taken in; the next one is likely to follow it. */
    void follow(Change change, Id id) {
        before = change;
        beforeId = id;
    }

    Change read(byte[] body) throws MalformedException {
        if (body.length > SignedChange.MAX_BODY_BYTES) {
            throw new MalformedException(
                    "a change of "
                            + body.length
                            + " bytes, at most "
                            + SignedChange.MAX_BODY_BYTES);
        }
        in.restart(body);
        Change last = before;
        in.expect("version", ChangeCodec.VERSION, in.u8());
        Id store = last == null ? in.id() : in.id(last.store());
        Id author = last == null ? in.id() : in.id(last.author());
        int seq = in.uint();
        if (seq == 0) {
            throw new MalformedException("sequence 0, expected at least 1");
        }
        Id likely = beforeId;
        Id prev = seq == 1 ? null : likely == null ? in.id() : in.id(likely);
        int start = in.uint();
        List<Id> dependencies = dependencies(prev);
        long time = in.u64();
        String branch = ChangeCodec.branch(in);
        String message = in.text("a message", 0, ChangeCodec.MAX_MESSAGE_BYTES);
        AgentName agent =
                last != null && last.author() == author && last.branch().equals(branch)
                        ? last.agent()
                        : new AgentName(author, branch);
        List<Operation> all = operations.read(start, tables(agent));
        in.end();
        return new Change(store, agent, seq, prev, start, dependencies, time, message, all);
    }

    /** Changes that the last one names to say which line of a forked agent it means. */
    List<Id> ways() {
        SentTables last = tables;
        return last == null ? List.of() : last.ways();
    }

    private SentTables tables(AgentName owner) throws MalformedException {
        SentTables last = tables;
        if (last != null && owner == tableOwner && in.skip(tableBytes)) {
            last.restart();
            return last;
        }
        Change change = before;
        int from = in.position();
        SentTables read =
                new SentTables(
                        in, owner, change == null ? null : change.operations().get(0).path());
        tableBytes = in.since(from);
        tableOwner = owner;
        tables = read;
        return read;
    }

    private List<Id> dependencies(@Nullable Id prev) throws MalformedException {
        int count = in.count("dependencies", 0, ChangeCodec.MAX_DEPENDENCIES);
        if (count == 0) {
            return List.of();
        }
        Id[] dependencies = new Id[count];
        for (int i = 0; i < count; i++) {
            Id next = in.id();
            if (prev != null && next.equals(prev)
                    || i > 0 && dependencies[i - 1].compareTo(next) >= 0) {
                throw new MalformedException("dependencies are not ascending, or name prev");
            }
            dependencies[i] = next;
        }
        return Arrays.asList(dependencies);
    }
}
