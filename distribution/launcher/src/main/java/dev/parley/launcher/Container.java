package dev.parley.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * One running container: a Felix framework with the bundles of the installation.
 *
 * <p>The bundles are installed by reference, so nothing is copied; the configuration of every room
 * is set before any room starts. Not thread-safe.
 */
final class Container {
    private final Framework framework;

    private Container(Framework framework) {
        this.framework = framework;
    }

    static Container start(Installation installation, Options options, DataFolder data)
            throws BundleException, IOException {
        Map<String, String> properties = new HashMap<>();
        properties.put(Constants.FRAMEWORK_STORAGE, data.at("felix"));
        properties.put(
                Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        properties.put(
                Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                "org.osgi.service.cm;version=1.6.1,sun.misc,com.sun.net.httpserver");
        properties.put("felix.cm.dir", data.at("run/config"));
        properties.put("felix.cache.locking", "false"); // the data folder is locked already
        properties.put("felix.log.level", "1");
        properties.put("ds.loglevel", "1");
        properties.put("gosh.args", options.shell() ? "" : "--nointeractive");
        properties.put("gosh.home", installation.root().toString()); // else the current folder
        Framework framework = new FrameworkFactory().newFramework(properties);
        framework.init();
        BundleContext system = framework.getBundleContext();
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : installation.bundles(options.shell())) {
            bundles.add(system.installBundle("reference:" + jar.toUri()));
        }
        Preload.bundles(bundles);
        framework.start();
        for (Bundle bundle : bundles) {
            if ("org.apache.felix.configadmin".equals(bundle.getSymbolicName())) {
                bundle.start();
            }
        }
        configure(system, new Settings(installation, options, data).byPid());
        // Gogo comes last, so that its first prompt finds our commands.
        bundles.sort(Comparator.comparing(Container::isGogo));
        for (Bundle bundle : bundles) {
            if (bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null) {
                bundle.start();
            }
        }
        return new Container(framework);
    }

    private static boolean isGogo(Bundle bundle) {
        return String.valueOf(bundle.getSymbolicName()).startsWith("org.apache.felix.gogo.");
    }

    private static void configure(BundleContext system, Map<String, Map<String, Object>> byPid)
            throws IOException {
        ServiceReference<ConfigurationAdmin> reference =
                system.getServiceReference(ConfigurationAdmin.class);
        if (reference == null) {
            throw new IllegalStateException("the configuration admin did not start");
        }
        ConfigurationAdmin admin = system.getService(reference);
        for (Map.Entry<String, Map<String, Object>> entry : new TreeMap<>(byPid).entrySet()) {
            Dictionary<String, Object> values = new Hashtable<>(entry.getValue());
            admin.getConfiguration(entry.getKey(), "?").update(values);
        }
        system.ungetService(reference);
    }

    BundleContext context() {
        return framework.getBundleContext();
    }

    /** Blocks until the framework has stopped, from whatever side. */
    void awaitStop() throws InterruptedException {
        FrameworkEvent event = framework.waitForStop(0);
        while (event.getType() == FrameworkEvent.STOPPED_UPDATE) {
            event = framework.waitForStop(0);
        }
    }

    void stop() {
        try {
            framework.stop();
            framework.waitForStop(10_000);
        } catch (BundleException e) {
            System.err.println("parley: the framework did not stop cleanly: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
