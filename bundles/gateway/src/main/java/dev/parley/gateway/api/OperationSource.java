package dev.parley.gateway.api;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Registered as a service: a group of operations about one kind of thing. */
@ConsumerType
public interface OperationSource {
    List<Operation> operations();
}
