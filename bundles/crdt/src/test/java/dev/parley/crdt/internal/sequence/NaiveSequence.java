package dev.parley.crdt.internal.sequence;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The rule of order as the literature writes it down, one element at a time: a scan to the right
 * that compares the places of origins (YjsMod in Gentle, Kleppmann: "Collaborative Text Editing
 * with Eg-walker"). Slow, and sharing nothing with what it judges.
 */
final class NaiveSequence {
    record Id(int agent, int seq) {}

    static final class Item {
        final Id id;
        final int codePoint;
        final @Nullable Id left;
        final @Nullable Id right;
        final Set<Id> deletions = new HashSet<>();

        Item(Id id, int codePoint, @Nullable Id left, @Nullable Id right) {
            this.id = id;
            this.codePoint = codePoint;
            this.left = left;
            this.right = right;
        }
    }

    final List<Item> items = new ArrayList<>();
    private final AgentOrder order;

    NaiveSequence(AgentOrder order) {
        this.order = order;
    }

    void apply(Operation operation) {
        if (operation instanceof Operation.Insertion insertion) {
            Origins at = insertion.origins();
            Id left = at.leftAgent() < 0 ? null : new Id(at.leftAgent(), at.leftSeq());
            Id right = at.rightAgent() < 0 ? null : new Id(at.rightAgent(), at.rightSeq());
            int seq = insertion.seq();
            for (int codePoint : insertion.text().codePoints().toArray()) {
                Id id = new Id(insertion.agent(), seq++);
                insert(new Item(id, codePoint, left, right));
                left = id;
            }
        } else if (operation instanceof Operation.Deletion deletion) {
            int seq = deletion.seq();
            for (Operation.Run run : deletion.runs()) {
                for (int i = 0; i < run.count(); i++) {
                    int target = run.first() + (run.backward() ? -i : i);
                    items.get(find(new Id(run.agent(), target)))
                            .deletions
                            .add(new Id(deletion.agent(), seq++));
                }
            }
        }
    }

    private void insert(Item item) {
        int left = item.left == null ? -1 : find(item.left);
        int right = item.right == null ? items.size() : find(item.right);
        int place = left + 1;
        boolean scanning = false;
        for (int i = left + 1; ; i++) {
            if (!scanning) {
                place = i;
            }
            if (i == items.size() || i == right) {
                break;
            }
            Item other = items.get(i);
            int otherLeft = other.left == null ? -1 : find(other.left);
            if (otherLeft < left) {
                break;
            }
            if (otherLeft == left) {
                int otherRight = other.right == null ? items.size() : find(other.right);
                if (otherRight == right
                        && order.compare(item.id.agent, item.id.seq, other.id.agent, other.id.seq)
                                < 0) {
                    break;
                }
                scanning = otherRight < right;
            }
        }
        items.add(place, item);
    }

    int find(Id id) {
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).id.equals(id)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no " + id);
    }

    String text() {
        return textAt(agent -> Integer.MAX_VALUE);
    }

    String textAt(IntUnaryOperator ends) {
        StringBuilder out = new StringBuilder();
        for (Item item : items) {
            if (item.id.seq < ends.applyAsInt(item.id.agent)
                    && item.deletions.stream().noneMatch(d -> d.seq < ends.applyAsInt(d.agent))) {
                out.appendCodePoint(item.codePoint);
            }
        }
        return out.toString();
    }
}
