package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException.Code;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A counter that is shared out: whoever mints owns what was minted, can spend or hand it on, and
 * needs nobody for it. So it never goes below zero, unless an author forks, which is found and
 * proved (O'Neil 1986; Balegas et al., "Bounded counter", 2015).
 */
final class EscrowState extends ObjectState {
    private record Share(Path path, Id owner) {}

    private final Map<Id, RunningSums> shares = new HashMap<>();

    @Override
    void check(Operation operation, At at, Earlier earlier) throws VoidException {
        Share own = new Share(operation.path(), at.author());
        if (operation instanceof Operation.Mint mint) {
            earlier.add(own, mint.amount());
            return;
        }
        long amount =
                operation instanceof Operation.Spend spend
                        ? spend.amount()
                        : operation instanceof Operation.Transfer transfer ? transfer.amount() : 0;
        long has = knownShare(at.author(), at) + earlier.amount(own);
        if (amount > has) {
            throw new VoidException(
                    Code.NOT_ENOUGH, "the author's share is " + has + ", not " + amount);
        }
        earlier.add(own, -amount);
        if (operation instanceof Operation.Transfer transfer) {
            earlier.add(new Share(operation.path(), transfer.to()), amount);
        }
    }

    private long knownShare(Id owner, At at) {
        RunningSums sums = shares.get(owner);
        long share = 0;
        for (int agent = 0; sums != null && agent < sums.agents(); agent++) {
            share += sums.before(agent, at.end(agent));
        }
        return share;
    }

    @Override
    void apply(Operation operation, At at) {
        if (operation instanceof Operation.Mint mint) {
            add(at.author(), at, mint.amount());
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
        for (int agent = 0; sums != null && agent < sums.agents(); agent++) {
            share += sums.total(agent);
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
