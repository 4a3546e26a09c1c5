package dev.parley.crdt.internal;

import dev.parley.crdt.api.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/** What somebody did to the objects of a change who had it in the past, or did not know of it. */
final class Since {
    private record Element(Path path, Object of) {}

    /** A node's label, apart from where it is. */
    private record Label(long node) {}

    /** A node under which somebody put another one. */
    private record Under(long node) {}

    private record Cleared(Path path, At at) {}

    private final View view;
    private final Set<Path> written = new HashSet<>();
    private final Set<Element> elements = new HashSet<>();
    private final List<Cleared> clears = new ArrayList<>();

    private Since(View view) {
        this.view = view;
    }

    /**
     * @param counts which changes to look at
     * @throws ForgottenException if the operations of one of them were given up
     */
    static Since of(
            Integration integration, View view, int number, Scope scope, IntPredicate counts) {
        ChangeGraph graph = integration.graph();
        Since since = new Since(view);
        for (int other = 0; other < graph.size(); other++) {
            if (other == number
                    || !view.has(other)
                    || graph.isVoid(other)
                    || graph.isBefore(other, number)
                    || !counts.test(other)) {
                continue;
            }
            At at = new At(graph, other);
            for (Operation operation : integration.rereading().change(other).operations()) {
                if (scope.has(operation)) {
                    since.add(operation, at);
                }
                at.advance(operation.length());
            }
        }
        return since;
    }

    private void add(Operation operation, At at) {
        Path path = operation.path();
        written.add(path);
        if (operation instanceof Operation.Clear) {
            clears.add(new Cleared(path, at.copy()));
        } else if (operation instanceof Operation.Add add) {
            elements.add(new Element(path, add.value()));
        } else if (operation instanceof Operation.Remove remove) {
            elements.add(new Element(path, remove.value()));
        } else if (operation instanceof Operation.Delete delete) {
            ((TextState) view.orCreate(path))
                    .deleted(delete, at, it -> elements.add(new Element(path, it)));
        } else if (operation instanceof Operation.MoveCell move) {
            elements.add(new Element(path, at.resolve(move.element())));
        } else if (operation instanceof Operation.Replace replace) {
            elements.add(new Element(path, at.resolve(replace.element())));
        } else if (operation instanceof Operation.Drop drop) {
            elements.add(new Element(path, at.resolve(drop.element())));
        } else {
            addNode(operation, path, at);
        }
    }

    private void addNode(Operation operation, Path path, At at) {
        if (operation instanceof Operation.Grow grow) {
            under(path, grow.place(), at);
        } else if (operation instanceof Operation.Graft graft) {
            elements.add(new Element(path, at.resolve(graft.node())));
            under(path, graft.place(), at);
        } else if (operation instanceof Operation.Fell fell) {
            elements.add(new Element(path, at.resolve(fell.node())));
        } else if (operation instanceof Operation.Label label) {
            elements.add(new Element(path, new Label(at.resolve(label.node()))));
        } else if (view.orCreate(path) instanceof TasksState tasks) {
            elements.add(new Element(path, tasks.about(operation, at)));
        }
    }

    private void under(Path path, Operation.Place place, At at) {
        Ref parent = place.parent();
        if (parent != null) {
            elements.add(new Element(path, new Under(at.resolve(parent))));
        }
    }

    /** Whether anything was done to the object. */
    boolean isWritten(Path path) {
        return written.contains(path) || isCleared(path);
    }

    boolean isCleared(Path path) {
        return clears.stream().anyMatch(it -> Scope.isWithin(path, it.path()));
    }

    /** Whether somebody forgot the operation. */
    boolean isForgotten(Path path, long dot) {
        return clears.stream()
                .anyMatch(it -> Scope.isWithin(path, it.path()) && it.at().knows(dot));
    }

    /**
     * Whether anything was done to an element.
     *
     * @param element a value of a set, or the operation that made it
     */
    boolean isTouched(Path path, Object element) {
        return elements.contains(new Element(path, element)) || isCleared(path);
    }

    boolean isLabelled(Path path, long node) {
        return elements.contains(new Element(path, new Label(node))) || isCleared(path);
    }

    boolean hasNew(Path path, long node) {
        return elements.contains(new Element(path, new Under(node)));
    }
}
