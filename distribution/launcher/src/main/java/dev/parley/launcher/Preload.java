package dev.parley.launcher;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.xml.parsers.SAXParserFactory;
import org.osgi.framework.Bundle;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Loads, beside the start, what it will need later: classes that cost most when they come one after
 * the other on one thread. Nothing depends on it; what fails here is loaded, or fails, where it is
 * needed.
 */
final class Preload {
    /**
     * Names a public {@link Runnable} of a bundle that loads what the bundle needs at its start.
     */
    private static final String HEADER = "Parley-Preload";

    private Preload() {}

    private interface Work {
        void run() throws Exception;
    }

    private static void beside(String what, Work work) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                work.run();
                            } catch (Exception | LinkageError e) {
                                System.getLogger("dev.parley.launcher")
                                        .log(
                                                System.Logger.Level.DEBUG,
                                                "not loaded early: " + what,
                                                e);
                            }
                        },
                        "parley-preload-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    /** What the rooms use of the JDK: XML for component descriptions, keys, certificates. */
    static void jdk() {
        beside(
                "xml",
                () ->
                        SAXParserFactory.newInstance()
                                .newSAXParser()
                                .parse(
                                        new ByteArrayInputStream(
                                                "<a b='c'>d</a>".getBytes(StandardCharsets.UTF_8)),
                                        new DefaultHandler()));
        beside(
                "keys",
                () -> {
                    new SecureRandom().nextLong();
                    KeyPairGenerator.getInstance("EC").generateKeyPair();
                    CertificateFactory.getInstance("X.509");
                });
    }

    static void bundles(List<Bundle> bundles) {
        for (Bundle bundle : bundles) {
            String name = bundle.getHeaders("").get(HEADER);
            if (name != null) {
                beside(
                        bundle.getSymbolicName(),
                        () ->
                                ((Runnable)
                                                bundle.loadClass(name)
                                                        .getDeclaredConstructor()
                                                        .newInstance())
                                        .run());
            }
        }
    }
}
