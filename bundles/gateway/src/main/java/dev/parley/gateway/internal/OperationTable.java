package dev.parley.gateway.internal;

import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.gateway.api.OperationSource;
import dev.parley.gateway.api.Operations;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Collects the groups of operations. There is no table before all eight of this bundle are there,
 * so that a container that says it is ready answers everything.
 */
@Component(service = Operations.class, property = "Source.cardinality.minimum:Integer=8")
public final class OperationTable implements Operations {
    private static final System.Logger LOG = System.getLogger(OperationTable.class.getName());

    private final List<OperationSource> sources = new CopyOnWriteArrayList<>();
    private final Operation openApi =
            Operation.get(
                    "openapi",
                    "/openapi.json",
                    "This interface as an OpenAPI 3.1 document",
                    (arguments, progress) -> OpenApi.document(list()));

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addSource(OperationSource source) {
        sources.add(source);
    }

    public void removeSource(OperationSource source) {
        sources.remove(source);
    }

    @Override
    public List<Operation> list() {
        List<Operation> all = new ArrayList<>();
        all.add(openApi);
        sources.forEach(source -> all.addAll(source.operations()));
        all.sort(Comparator.comparing(Operation::path).thenComparing(Operation::method));
        return List.copyOf(all);
    }

    @Override
    public Optional<Operation> find(String name) {
        return list().stream().filter(operation -> operation.name().equals(name)).findFirst();
    }

    @Override
    public Value call(String name, Value.Map arguments, Consumer<Value> progress)
            throws OperationException {
        Operation operation =
                find(name)
                        .orElseThrow(
                                () ->
                                        new OperationException(
                                                Kind.NOT_FOUND,
                                                "NO_SUCH_OPERATION",
                                                "no operation is called '" + name + "' here",
                                                "see 'parley doctor' for rooms that did not start"));
        return call(operation, arguments, progress);
    }

    static Value call(Operation operation, Value.Map arguments, Consumer<Value> progress)
            throws OperationException {
        Arguments checked = Arguments.check(operation, arguments);
        try {
            return operation.handler().handle(checked, progress);
        } catch (ReaderLeftException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, operation.name() + " failed", e);
            throw new OperationException(
                    Kind.FAILED,
                    "INTERNAL",
                    operation.name() + " failed: " + e.getClass().getSimpleName(),
                    "the log of the container has the details");
        }
    }
}
