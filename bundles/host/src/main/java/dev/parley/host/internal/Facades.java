package dev.parley.host.internal;

import dev.parley.catalog.api.Descriptor;
import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** The facade bundles: each is nothing but a manifest, and its life is the plugin's life here. */
final class Facades implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Facades.class.getName());

    private final BundleContext context;
    private final Map<String, Bundle> facades = new ConcurrentHashMap<>();

    Facades(BundleContext context) {
        this.context = context;
    }

    Bundle open(Descriptor descriptor) throws RefusedException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.putValue("Manifest-Version", "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue(
                "Bundle-SymbolicName",
                "dev.parley.facade."
                        + descriptor.publisher().hex().substring(0, 16)
                        + "."
                        + descriptor.bsn());
        headers.putValue("Bundle-Version", descriptor.version());
        headers.putValue("Bundle-Name", descriptor.title());
        try {
            ByteArrayOutputStream jar = new ByteArrayOutputStream();
            try (JarOutputStream out = new JarOutputStream(jar, manifest)) {
                out.finish();
            }
            Bundle bundle =
                    context.installBundle(
                            "parley:facade/" + descriptor.name(),
                            new ByteArrayInputStream(jar.toByteArray()));
            bundle.start();
            facades.put(descriptor.name(), bundle);
            return bundle;
        } catch (IOException | BundleException e) {
            throw new RefusedException(ReasonCode.FAILED, "its facade bundle: " + e.getMessage());
        }
    }

    void remove(String plugin) {
        Bundle facade = facades.remove(plugin);
        if (facade != null) {
            try {
                facade.uninstall();
            } catch (BundleException | IllegalStateException e) {
                LOG.log(System.Logger.Level.DEBUG, "a facade was gone already", e);
            }
        }
    }

    @Override
    public void close() {
        facades.keySet().forEach(this::remove);
    }
}
