package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Scalar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A set of either kind. What add-wins removes leaves nothing behind: a removal names its past, and
 * what was added there came before it (Bieniusa et al., "An optimized conflict-free replicated
 * set", 2012). Remove-wins keeps a removal until an addition knows it.
 */
final class SetState extends ObjectState {
    private final Map<Scalar, FlagDots> elements = new HashMap<>();
    private final boolean removeWins;

    SetState(boolean removeWins) {
        this.removeWins = removeWins;
    }

    @Override
    void check(Operation operation, At at, Earlier earlier) {}

    @Override
    void apply(Operation operation, At at) {
        if (operation instanceof Operation.Add add) {
            elements.computeIfAbsent(add.value(), it -> new FlagDots()).enable(at);
        } else if (operation instanceof Operation.Remove remove) {
            FlagDots dots =
                    removeWins
                            ? elements.computeIfAbsent(remove.value(), it -> new FlagDots())
                            : elements.get(remove.value());
            if (dots != null) {
                dots.disable(at, removeWins);
                if (dots.isForgotten()) {
                    elements.remove(remove.value());
                }
            }
        } else {
            throw unexpected(operation);
        }
    }

    @Override
    void clear(At at) {
        elements.values().forEach(it -> it.clear(at));
        elements.values().removeIf(FlagDots::isForgotten);
    }

    @Override
    void clearAgain(At at, List<Written> since) {
        for (Written written : since) {
            Scalar value =
                    written.operation() instanceof Operation.Remove remove
                            ? remove.value()
                            : ((Operation.Add) written.operation()).value();
            FlagDots dots = elements.get(value);
            if (dots != null) {
                dots.clear(at);
                if (dots.isForgotten()) {
                    elements.remove(value);
                }
            }
        }
    }

    @Override
    boolean knownContent(At at) {
        return elements.values().stream().anyMatch(it -> it.known(at));
    }

    boolean known(Scalar value, At at) {
        FlagDots dots = elements.get(value);
        return dots != null && dots.known(at);
    }

    @Override
    boolean present() {
        return elements.values().stream().anyMatch(FlagDots::isOn);
    }

    boolean contains(Scalar value) {
        FlagDots dots = elements.get(value);
        return dots != null && dots.isOn();
    }

    /** Those that only who has a key can read. */
    List<Scalar> sealedValues() {
        return values().stream().filter(Scalar.Sealed.class::isInstance).toList();
    }

    /** In the order of their encodings, those of sealed ones without content. */
    List<Scalar> values() {
        return elements.entrySet().stream()
                .filter(it -> it.getValue().isOn())
                .map(Map.Entry::getKey)
                .sorted(SetState::compare)
                .toList();
    }

    private static int compare(Scalar a, Scalar b) {
        Writer first = new Writer(16);
        first.withoutContent(a);
        Writer second = new Writer(16);
        second.withoutContent(b);
        return java.util.Arrays.compareUnsigned(first.toByteArray(), second.toByteArray());
    }

    @Override
    boolean isBlank() {
        return elements.isEmpty();
    }

    @Override
    void write(StateWriter out) {
        List<Scalar> all = elements.keySet().stream().sorted(SetState::compare).toList();
        out.plain().uint(all.size());
        for (Scalar value : all) {
            out.scalar(value);
            Objects.requireNonNull(elements.get(value)).write(out);
        }
    }

    @Override
    void read(StateReader in) throws MalformedException {
        for (int i = in.plain().count("elements", 0, Integer.MAX_VALUE, 3); i > 0; i--) {
            FlagDots dots = new FlagDots();
            elements.put(in.scalar(), dots);
            dots.read(in);
        }
    }

    @Override
    void eachScalar(Consumer<Scalar> each) {
        elements.keySet().forEach(each);
    }

    @Override
    void canonical(Writer out, ChangeGraph graph) {
        List<Scalar> values = values();
        out.uint(values.size());
        values.forEach(out::withoutContent);
    }
}
