package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A register of either kind: what was written last by those who did not know of each other. The
 * last writer is the greatest of them, because whoever knew a write has a later time.
 */
final class RegisterState extends ObjectState {
    private record Entry(long dot, Scalar value) {}

    private final List<Entry> entries = new ArrayList<>(1);
    private final boolean all;

    /**
     * @param all whether all concurrent values count
     */
    RegisterState(boolean all) {
        this.all = all;
    }

    @Override
    void check(Operation operation, At at, Earlier earlier) {}

    @Override
    void apply(Operation operation, At at) {
        if (!(operation instanceof Operation.Set set)) {
            throw unexpected(operation);
        }
        entries.removeIf(it -> at.knows(it.dot()));
        int low = 0;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at.compare(entries.get(middle).dot(), at.dot()) > 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        entries.add(low, new Entry(at.dot(), set.value()));
    }

    @Override
    void clear(At at) {
        entries.removeIf(it -> at.knows(it.dot()));
    }

    @Override
    boolean knownContent(At at) {
        return entries.stream().anyMatch(it -> at.knows(it.dot()));
    }

    @Override
    boolean present() {
        return !entries.isEmpty();
    }

    Optional<Scalar> value() {
        return entries.isEmpty() ? Optional.empty() : Optional.of(entries.get(0).value());
    }

    /** The last first. */
    List<Scalar> values() {
        return entries.stream().map(Entry::value).toList();
    }

    /** What is seen: all values, or that of the last writer. */
    List<Scalar> shown() {
        return all ? values() : value().stream().toList();
    }

    @Override
    boolean isBlank() {
        return entries.isEmpty();
    }

    @Override
    void write(StateWriter out) {
        out.plain().uint(entries.size());
        for (Entry entry : entries) {
            out.dot(entry.dot());
            out.scalar(entry.value());
        }
    }

    @Override
    void read(StateReader in) throws MalformedException {
        for (int i = in.plain().count("writes", 0, Integer.MAX_VALUE, 3); i > 0; i--) {
            entries.add(new Entry(in.dot(), in.scalar()));
        }
    }

    @Override
    void eachScalar(Consumer<Scalar> each) {
        entries.forEach(entry -> each.accept(entry.value()));
    }

    @Override
    void canonical(Writer out, ChangeGraph graph) {
        List<Entry> visible = all || entries.isEmpty() ? entries : entries.subList(0, 1);
        out.uint(visible.size());
        for (Entry entry : visible) {
            out.withoutContent(entry.value());
        }
    }
}
