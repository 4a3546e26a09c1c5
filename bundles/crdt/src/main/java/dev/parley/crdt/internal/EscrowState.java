package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException.Code;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A counter that is shared out: whoever mints owns what was minted, can spend or hand it on, and
 * needs nobody for it. So it never goes below zero, unless an author forks, which is found and
 * proved (O'Neil 1986; Balegas et al., "Bounded counter", 2015).
 */
final class EscrowState extends ObjectState {
    /** What one author may mint, so that shares of thousands of authors are no negative number. */
    static final long MAX_MINTED = 1L << 48;

    private record Share(Path path, Id owner) implements Comparable<Share> {
        @Override
        public int compareTo(Share other) {
            int byOwner = owner.compareTo(other.owner);
            return byOwner != 0 ? byOwner : path.compareTo(other.path);
        }
    }

    private record Minted(Path path) {}

    private final Map<Id, RunningSums> shares = new HashMap<>();
    private final Map<Id, RunningSums> mints = new HashMap<>();

    @Override
    void check(Operation operation, At at, Earlier earlier) throws VoidException {
        if (operation instanceof Operation.Clear) {
            return;
        }
        Share own = new Share(operation.path(), at.author());
        if (operation instanceof Operation.Mint mint) {
            Minted minted = new Minted(operation.path());
            long before = known(mints.get(at.author()), at) + earlier.amount(minted);
            if (mint.amount() > MAX_MINTED - before) {
                throw new VoidException(
                        Code.NOT_ENOUGH,
                        "an author mints at most " + MAX_MINTED + ", of which " + before + " are");
            }
            earlier.add(minted, mint.amount());
            earlier.add(own, mint.amount());
            return;
        }
        long amount =
                operation instanceof Operation.Spend spend
                        ? spend.amount()
                        : operation instanceof Operation.Transfer transfer ? transfer.amount() : 0;
        long has = known(shares.get(at.author()), at) + earlier.amount(own);
        if (amount > has) {
            throw new VoidException(
                    Code.NOT_ENOUGH, "the author's share is " + has + ", not " + amount);
        }
        earlier.add(own, -amount);
        if (operation instanceof Operation.Transfer transfer) {
            earlier.add(new Share(operation.path(), transfer.to()), amount);
        }
    }

    private static long known(@Nullable RunningSums sums, At at) {
        if (sums == null) {
            return 0;
        }
        long known = 0;
        for (int i = 0; i < sums.agents(); i++) {
            int agent = sums.agent(i);
            known += sums.before(agent, at.end(agent));
        }
        return known;
    }

    @Override
    void apply(Operation operation, At at) {
        if (operation instanceof Operation.Mint mint) {
            add(at.author(), at, mint.amount());
            mints.computeIfAbsent(at.author(), it -> new RunningSums())
                    .add(at.agent(), at.number(), mint.amount());
        } else if (operation instanceof Operation.Spend spend) {
            add(at.author(), at, -spend.amount());
        } else if (operation instanceof Operation.Transfer transfer) {
            if (!transfer.to().equals(at.author())) {
                add(at.author(), at, -transfer.amount());
                add(transfer.to(), at, transfer.amount());
            }
        } else {
            throw unexpected(operation);
        }
    }

    private void add(Id owner, At at, long amount) {
        shares.computeIfAbsent(owner, it -> new RunningSums()).add(at.agent(), at.number(), amount);
    }

    /** What was minted stays minted: a share is not content that can be forgotten. */
    @Override
    void clear(At at) {}

    @Override
    boolean knownContent(At at) {
        return false;
    }

    @Override
    boolean present() {
        return !shares.isEmpty();
    }

    long share(Id owner) {
        RunningSums sums = shares.get(owner);
        long share = 0;
        for (int i = 0; sums != null && i < sums.agents(); i++) {
            share += sums.total(sums.agent(i));
        }
        return share;
    }

    /** What is left of each, without those who have nothing. */
    Map<Id, Long> shares() {
        Map<Id, Long> left = new TreeMap<>();
        for (Id owner : shares.keySet()) {
            long share = share(owner);
            if (share != 0) {
                left.put(owner, share);
            }
        }
        return left;
    }

    @Override
    boolean isBlank() {
        return shares.isEmpty();
    }

    @Override
    void write(StateWriter out) {
        write(shares, out);
        write(mints, out);
    }

    private static void write(Map<Id, RunningSums> all, StateWriter out) {
        out.plain().uint(all.size());
        new TreeMap<>(all)
                .forEach(
                        (owner, sums) -> {
                            out.plain().id(owner);
                            sums.write(out, Version.EMPTY);
                        });
    }

    @Override
    void read(StateReader in) throws MalformedException {
        read(shares, in);
        read(mints, in);
    }

    private static void read(Map<Id, RunningSums> all, StateReader in) throws MalformedException {
        for (int i = in.plain().count("owners", 0, Integer.MAX_VALUE, Id.BYTES); i > 0; i--) {
            RunningSums sums = new RunningSums();
            all.put(in.plain().id(), sums);
            sums.read(in);
        }
    }

    @Override
    void canonical(Writer out, ChangeGraph graph) {
        Map<Id, Long> left = shares();
        out.uint(left.size());
        left.forEach(
                (owner, share) -> {
                    out.id(owner);
                    out.zigzag(share);
                });
    }
}
