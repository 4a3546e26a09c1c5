package dev.parley.crdt.internal;

import dev.parley.crdt.api.ChangeSigner;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Transaction;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the changes that are written here, signed and taken in. Used by the one thread that uses
 * the replica.
 */
final class Authoring {
    private static final int NONE = -1;
    private static final int[] ALONE = {};

    private final Integration integration;
    private final ChangeGraph graph;
    private final Branches branches;
    private final ChangeWriter writer = new ChangeWriter();
    private final Sha256.Digest digest = new Sha256.Digest();
    private @Nullable AgentName lastName;

    Authoring(Integration integration, Branches branches) {
        this.integration = integration;
        this.graph = integration.graph();
        this.branches = branches;
    }

    /** As {@link Replica#transact(Id, String, String, long, ChangeSigner, Replica.Edit)}. */
    SignedChange transact(
            Id author,
            String branch,
            String message,
            long nowMillis,
            ChangeSigner signer,
            Replica.Edit edit)
            throws RefusedException {
        int[] heads = branches.headsFor(branch);
        return transact(
                author,
                branch,
                heads,
                branch.isEmpty() ? heads : integration.main().heads(),
                message,
                nowMillis,
                signer,
                edit);
    }

    private SignedChange transact(
            Id author,
            String branch,
            int[] heads,
            int[] mainBefore,
            String message,
            long nowMillis,
            ChangeSigner signer,
            Replica.Edit edit)
            throws RefusedException {
        if (LocalTransaction.wellFormed(message) > ChangeCodec.MAX_MESSAGE_BYTES) {
            throw new RefusedException(
                    Code.TOO_LARGE, "a message has at most " + ChangeCodec.MAX_MESSAGE_BYTES);
        }
        AgentName name = name(author, branch);
        // A change names so many others; what it does not name it does not know, and may not use.
        int[] known = heads;
        int[] before = mainBefore;
        int[] builtOn = builtOn(known, last(name));
        while (builtOn.length > ChangeCodec.MAX_DEPENDENCIES) {
            int[] some = Arrays.copyOf(builtOn, ChangeCodec.MAX_DEPENDENCIES);
            write(name, known, some, before, "", nowMillis, signer, Authoring::note);
            int joined = graph.size() - 1;
            known = with(known, joined);
            before = branch.isEmpty() ? with(before, joined) : before;
            builtOn = builtOn(known, joined);
        }
        return write(name, known, builtOn, before, message, nowMillis, signer, edit);
    }

    private static void note(Transaction transaction) throws RefusedException {
        ((LocalTransaction) transaction).done(new Operation.Note(Path.ROOT));
    }

    private static int[] with(int[] changes, int one) {
        int[] more = Arrays.copyOf(changes, changes.length + 1);
        more[changes.length] = one;
        return more;
    }

    /** The agent's last change, or -1. */
    private int last(AgentName name) {
        List<Integer> lines = graph.agents().of(name);
        return lines.isEmpty() ? NONE : graph.tip(lines.get(lines.size() - 1));
    }

    private SignedChange write(
            AgentName name,
            int[] heads,
            int[] builtOn,
            int[] mainBefore,
            String message,
            long nowMillis,
            ChangeSigner signer,
            Replica.Edit edit)
            throws RefusedException {
        Id author = name.author();
        String branch = name.branch();
        int prev = last(name);
        View view = branch.isEmpty() ? integration.main() : branches.view(branch, heads);
        long time = Math.max(nowMillis << 16, integration.lastTime() + 1);
        int[] before = graph.heads(heads);
        int number = graph.begin(name, time, prev, builtOn);
        LocalTransaction transaction = new LocalTransaction(integration, view, number);
        boolean complete = false;
        try {
            Role role = integration.roles().at(author, number);
            integration.roles().check(author, role, Role.WRITER);
            if (role == Role.ADMIN) {
                graph.markByAdmin(number);
            }
            edit.on(transaction);
            Change change = change(number, name, message, builtOn, transaction);
            integration.roles().check(change, role);
            byte[] body = encode(change);
            SignedChange signed = sign(body, signer);
            view.take(number);
            integration.commit(number, signed, change);
            complete = true;
            return signed;
        } catch (VoidException e) {
            throw e.refused();
        } finally {
            if (!complete) {
                graph.cancel(before);
                branches.clear();
                boolean changed =
                        !transaction.operations().isEmpty()
                                || !Arrays.equals(mainBefore, integration.main().heads());
                if (branch.isEmpty() && changed) {
                    integration.rebuildMain(mainBefore);
                }
            }
        }
    }

    private AgentName name(Id author, String branch) {
        AgentName name = lastName;
        if (name == null || name.author() != author || !name.branch().equals(branch)) {
            name = new AgentName(author, branch);
            lastName = name;
        }
        return name;
    }

    private SignedChange sign(byte[] body, ChangeSigner signer) {
        Id id = digest.of(body);
        return SignedChange.of(id, body, signer.sign(id));
    }

    private byte[] encode(Change change) throws RefusedException {
        try {
            return writer.write(change);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Code.TOO_LARGE, "the transaction is " + e.getMessage());
        }
    }

    private Change change(
            int number, AgentName name, String message, int[] builtOn, LocalTransaction transaction)
            throws RefusedException {
        if (transaction.operations().isEmpty()) {
            throw new RefusedException(Code.NOT_FOUND, "the transaction did nothing");
        }
        int prev = graph.prev(number);
        return new Change(
                integration.store(),
                name,
                graph.seq(number),
                prev == NONE ? null : graph.id(prev),
                graph.start(number),
                builtOn.length == 0 ? List.of() : graph.ids(builtOn),
                graph.time(number),
                message,
                transaction.operations());
    }

    /** The heads that the agent's last change does not have in its past. */
    private int[] builtOn(int[] heads, int prev) {
        if (heads.length == 0 || heads.length == 1 && heads[0] == prev) {
            return ALONE;
        }
        return IntStream.of(heads)
                .filter(it -> it != prev && (prev == NONE || !graph.isBefore(it, prev)))
                .toArray();
    }

    /** As {@link Replica#merge}. */
    SignedChange merge(
            Id author,
            String from,
            String into,
            String message,
            long nowMillis,
            ChangeSigner signer)
            throws RefusedException {
        int[] source = integration.headsOf(from);
        if (source.length == 0) {
            throw new RefusedException(Code.NOT_FOUND, "nobody wrote on the branch '" + from + "'");
        }
        int[] target = branches.headsFor(into);
        Version known = graph.including(target);
        int[] fresh =
                IntStream.of(source)
                        .filter(it -> !known.contains(graph.agent(it), graph.start(it)))
                        .toArray();
        if (fresh.length == 0) {
            throw new RefusedException(
                    Code.NOT_FOUND, "'" + into + "' has all of '" + from + "' already");
        }
        Version arriving = graph.including(fresh);
        int[] heads =
                IntStream.concat(
                                IntStream.of(target)
                                        .filter(
                                                it ->
                                                        !arriving.contains(
                                                                graph.agent(it), graph.start(it))),
                                IntStream.of(fresh))
                        .toArray();
        int[] mainBefore = integration.main().heads();
        if (into.isEmpty()) {
            for (int head : fresh) {
                for (int each : integration.rereading().missingIn(integration.main(), head)) {
                    Change change = integration.rereading().change(each);
                    integration.main().apply(each, change);
                    integration.notice(each, change, false);
                }
            }
        }
        return transact(
                author, into, heads, mainBefore, message, nowMillis, signer, Authoring::note);
    }
}
