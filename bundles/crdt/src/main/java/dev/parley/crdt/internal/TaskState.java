package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.Task.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One task: what was done to it, and what follows from the part of it that somebody knows. It keeps
 * all operations, because each is judged by those in its own past.
 *
 * <p>A claim is <i>out</i> when it was released or expired, or when a cancellation or reopening
 * knew it. The others <i>contend</i>. Two that contend never knew of each other: who claims knows
 * no live claim and an open task. Among them the lottery decides.
 */
final class TaskState {
    /** Which operations count: all, or those in a past. */
    interface Known {
        boolean knows(long dot);
    }

    /** Somebody's claim. */
    static final class Claim {
        final long dot;
        final Id author;
        final Id ticket;
        final List<Long> ends = new ArrayList<>(1);
        final List<Long> grants = new ArrayList<>(0);
        final List<Finish> finishes = new ArrayList<>(1);

        /** Ends of the lease: the claim's own and one for each renewal. */
        final List<Lease> leases = new ArrayList<>(1);

        Claim(long dot, Id author, Id ticket) {
            this.dot = dot;
            this.author = author;
            this.ticket = ticket;
        }

        boolean isGranted(Known known) {
            return any(grants, known);
        }

        boolean isFinished(Known known) {
            return finishes.stream().anyMatch(it -> known.knows(it.dot()));
        }

        long leaseEnd(Known known) {
            long end = 0;
            for (Lease lease : leases) {
                if (lease.endMillis() > end && known.knows(lease.dot())) {
                    end = lease.endMillis();
                }
            }
            return end;
        }
    }

    record Lease(long dot, long endMillis) {}

    record Finish(long dot, Scalar value) {}

    /** A cancellation or reopening, with what it knew. */
    record Turn(long dot, At at) {
        boolean knew(long other) {
            return at.knows(other);
        }
    }

    private final ChangeGraph graph;
    final long dot;
    final Id author;
    final boolean exclusive;
    final Id arbiter;
    final List<Claim> claims = new ArrayList<>(1);
    final List<Turn> cancels = new ArrayList<>(0);
    final List<Turn> reopens = new ArrayList<>(0);
    String title;
    long titleDot;

    /** The last operation that was applied. */
    long last;

    TaskState(ChangeGraph graph, long dot, Id author, Operation.NewTask made) {
        this.graph = graph;
        this.dot = dot;
        this.author = author;
        this.exclusive = made.exclusive();
        this.arbiter = made.arbiter();
        this.title = made.title();
        this.titleDot = dot;
        this.last = dot;
    }

    /** What draws a claim's place in the lottery. */
    interface Lottery {
        Id ticket(TaskState task, Id author);
    }

    void write(StateWriter out) {
        out.plain().text(title);
        out.plain().uint(claims.size());
        List<Claim> sorted = new ArrayList<>(claims);
        sorted.sort((a, b) -> out.compare(a.dot, b.dot));
        for (Claim claim : sorted) {
            out.dot(claim.dot);
            out.dots(claim.ends);
            out.dots(claim.grants);
            List<Finish> finishes = new ArrayList<>(claim.finishes);
            finishes.sort((a, b) -> out.compare(a.dot(), b.dot()));
            out.plain().uint(finishes.size());
            for (Finish finish : finishes) {
                out.dot(finish.dot());
                out.scalar(finish.value());
            }
            List<Lease> leases = new ArrayList<>(claim.leases);
            leases.sort((a, b) -> out.compare(a.dot(), b.dot()));
            out.plain().uint(leases.size());
            for (Lease lease : leases) {
                out.dot(lease.dot());
                out.plain().uint(lease.endMillis());
            }
        }
        out.dots(cancels.stream().map(Turn::dot).toList());
        out.dots(reopens.stream().map(Turn::dot).toList());
    }

    /** The rest of what {@link #write} wrote, after the title. */
    void read(StateReader in, Lottery lottery) throws MalformedException {
        for (int i = in.plain().count("claims", 0, Integer.MAX_VALUE, 6); i > 0; i--) {
            At at = in.at(in.dot());
            Claim claim = new Claim(at.dot(), at.author(), lottery.ticket(this, at.author()));
            for (long end : in.dots()) {
                claim.ends.add(end);
            }
            for (long grant : in.dots()) {
                claim.grants.add(grant);
            }
            for (int j = in.plain().count("results", 0, Integer.MAX_VALUE, 3); j > 0; j--) {
                claim.finishes.add(new Finish(in.dot(), in.scalar()));
            }
            for (int j = in.plain().count("leases", 0, Integer.MAX_VALUE, 3); j > 0; j--) {
                claim.leases.add(new Lease(in.dot(), in.plain().uint64()));
            }
            claims.add(claim);
        }
        for (long turn : in.dots()) {
            cancels.add(new Turn(turn, in.at(turn)));
        }
        for (long turn : in.dots()) {
            reopens.add(new Turn(turn, in.at(turn)));
        }
    }

    private static boolean any(List<Long> dots, Known known) {
        for (long dot : dots) {
            if (known.knows(dot)) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyKnew(List<Turn> turns, long dot, Known known) {
        for (Turn turn : turns) {
            if (known.knows(turn.dot()) && turn.knew(dot)) {
                return true;
            }
        }
        return false;
    }

    /** The order of the lottery; of two claims of one author, by their changes. */
    int compare(Claim a, Claim b) {
        int byTicket = a.ticket.compareTo(b.ticket);
        int byChange =
                byTicket != 0
                        ? byTicket
                        : graph.element(a.dot).change().compareTo(graph.element(b.dot).change());
        return byChange != 0 ? byChange : Integer.compare(At.number(a.dot), At.number(b.dot));
    }

    /** Whether it still contends. */
    boolean contends(Claim claim, Known known) {
        return known.knows(claim.dot)
                && !any(claim.ends, known)
                && !anyKnew(cancels, claim.dot, known)
                && !anyKnew(reopens, claim.dot, known);
    }

    boolean isLive(Claim claim, Known known) {
        return contends(claim, known) && !claim.isFinished(known);
    }

    /** The one that contends and wins; null if none does. */
    @Nullable Claim holder(Known known) {
        Claim first = null;
        for (Claim claim : claims) {
            if (contends(claim, known)
                    && (!exclusive || claim.isGranted(known))
                    && (first == null || compare(claim, first) < 0)) {
                first = claim;
            }
        }
        return first;
    }

    boolean isCancelled(Known known) {
        for (Turn cancel : cancels) {
            if (known.knows(cancel.dot()) && !anyKnew(reopens, cancel.dot(), known)) {
                return true;
            }
        }
        return false;
    }

    Status status(Known known) {
        if (isCancelled(known)) {
            return Status.CANCELLED;
        }
        Claim holder = holder(known);
        if (holder == null) {
            return Status.OPEN;
        }
        return holder.isFinished(known) ? Status.DONE : Status.CLAIMED;
    }

    boolean isOver(Known known) {
        Status status = status(known);
        return status == Status.DONE || status == Status.CANCELLED;
    }

    boolean hasLiveClaim(Known known) {
        return claims.stream().anyMatch(it -> isLive(it, known));
    }

    /** Whether a claim that contends was granted. */
    boolean hasLiveGrant(Known known) {
        return claims.stream().anyMatch(it -> contends(it, known) && it.isGranted(known));
    }
}
