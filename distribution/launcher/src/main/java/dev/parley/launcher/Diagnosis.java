package dev.parley.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * Says why a container did not get ready.
 *
 * <p>A component that cannot be made leaves a stack trace with the component runtime; its last
 * cause is what a person can act on. The runtime is asked by reflection: its classes are a
 * bundle's, which this class path does not see.
 */
final class Diagnosis {
    private static final String RUNTIME =
            "org.osgi.service.component.runtime.ServiceComponentRuntime";
    private static final String CAUSED_BY = "Caused by: ";

    private Diagnosis() {}

    /**
     * @return why a component cannot be made, if one cannot
     */
    static Optional<String> failure(BundleContext context) {
        ServiceReference<?> reference = context.getServiceReference(RUNTIME);
        Object runtime = reference == null ? null : context.getService(reference);
        if (runtime == null) {
            return Optional.empty();
        }
        try {
            for (Object trace : failures(runtime)) {
                Optional<String> cause = lastCause(String.valueOf(trace));
                if (cause.isPresent()) {
                    return cause;
                }
            }
        } catch (ReflectiveOperationException e) {
            System.getLogger("dev.parley.launcher")
                    .log(System.Logger.Level.WARNING, "cannot ask the component runtime", e);
        }
        return Optional.empty();
    }

    private static List<Object> failures(Object runtime) throws ReflectiveOperationException {
        Class<?> type = runtime.getClass().getClassLoader().loadClass(RUNTIME);
        List<Object> failures = new ArrayList<>();
        Object descriptions =
                type.getMethod("getComponentDescriptionDTOs", Bundle[].class)
                        .invoke(runtime, (Object) new Bundle[0]);
        for (Object description : (Iterable<?>) descriptions) {
            Object configurations =
                    type.getMethod("getComponentConfigurationDTOs", description.getClass())
                            .invoke(runtime, description);
            for (Object configuration : (Iterable<?>) configurations) {
                Object failure = configuration.getClass().getField("failure").get(configuration);
                if (failure != null) {
                    failures.add(failure);
                }
            }
        }
        return failures;
    }

    /**
     * @return the text of the last cause without its class; nothing if it only waits for another
     *     component
     */
    static Optional<String> lastCause(String trace) {
        return trace.lines()
                .filter(line -> line.startsWith(CAUSED_BY))
                .reduce((first, last) -> last)
                .map(line -> line.substring(CAUSED_BY.length()))
                .map(line -> line.replaceFirst("^[\\w.$]+: ", ""));
    }

    static String ofWaiting(BundleContext context, long millis) {
        StringBuilder text =
                new StringBuilder("the container did not get ready in ")
                        .append(millis / 1000)
                        .append(" s. Not active:");
        int start = text.length();
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getState() != Bundle.ACTIVE
                    && bundle.getHeaders("").get("Fragment-Host") == null) {
                text.append("\n  ")
                        .append(bundle.getSymbolicName())
                        .append(' ')
                        .append(bundle.getVersion());
            }
        }
        if (text.length() == start) {
            text.append(" none; a component is waiting for another.");
        }
        return text.toString();
    }
}
