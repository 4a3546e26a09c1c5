package dev.parley.launcher;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Says which bundles are not up, for the message of a container that did not get ready. */
final class Diagnosis {
    private Diagnosis() {}

    static String of(BundleContext context, String logs) {
        StringBuilder text =
                new StringBuilder("parley: the container did not get ready in 30 s. Not active:");
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
        return text.append("\nparley: the log is in ").append(logs).toString();
    }
}
