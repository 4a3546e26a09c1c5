package dev.parley.network.internal;

import io.netty.handler.ssl.ClientAuth;
import io.netty.incubator.codec.quic.BoringSSLContextOption;
import io.netty.incubator.codec.quic.QuicSslContext;
import io.netty.incubator.codec.quic.QuicSslContextBuilder;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The TLS side of a container: a small self-signed P-256 certificate that lives as long as the
 * process.
 *
 * <p>TLS only makes the channel; who is at its other end is proved by the {@link Hello}, whose
 * signatures cover both certificates and the channel's exporter. So any well-formed certificate
 * passes here. Only X25519MLKEM768 is offered and accepted: there is nothing to be downgraded to.
 */
final class TlsIdentity {
    static final String ALPN = "parley/1";
    private static final String[] GROUPS = {"X25519MLKEM768"};
    private static final String EXPORTER_LINE = "EXPORTER_SECRET ";

    private final KeyPair keys;
    private final X509Certificate certificate;
    private final Map<SSLEngine, byte[]> exporters =
            Collections.synchronizedMap(new WeakHashMap<>());

    TlsIdentity() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            this.keys = generator.generateKeyPair();
            Instant now = Instant.now();
            X500Name name = new X500Name("CN=parley");
            this.certificate =
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    new JcaX509v3CertificateBuilder(
                                                    name,
                                                    new BigInteger(64, new SecureRandom()),
                                                    Date.from(now.minus(Duration.ofDays(1))),
                                                    Date.from(now.plus(Duration.ofDays(3650))),
                                                    name,
                                                    keys.getPublic())
                                            .build(
                                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                                            .build(keys.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("a JDK without P-256 cannot run a container", e);
        }
    }

    QuicSslContext server() {
        return finish(QuicSslContextBuilder.forServer(key(), null).clientAuth(ClientAuth.REQUIRE));
    }

    QuicSslContext client() {
        return finish(QuicSslContextBuilder.forClient().keyManager(key(), null));
    }

    private OneKey key() {
        return new OneKey(keys.getPrivate(), certificate);
    }

    private QuicSslContext finish(QuicSslContextBuilder builder) {
        return builder.trustManager(new AnyWellFormed())
                .applicationProtocols(ALPN)
                .option(BoringSSLContextOption.GROUPS, GROUPS)
                .keylog(
                        (engine, line) -> {
                            if (line.startsWith(EXPORTER_LINE)) {
                                String hex = line.substring(line.lastIndexOf(' ') + 1).trim();
                                exporters.put(engine, HexFormat.of().parseHex(hex));
                            }
                        })
                .build();
    }

    /**
     * @return what ties a proof to this connection, or nothing if TLS is not finished
     */
    Optional<Hello.Binding> binding(SSLEngine engine, boolean client) {
        byte[] secret = exporters.get(engine);
        if (secret == null) {
            return Optional.empty();
        }
        try {
            Certificate[] theirs = engine.getSession().getPeerCertificates();
            byte[] ours = fingerprint(certificate);
            byte[] peer = fingerprint(theirs[0]);
            byte[] exported =
                    TlsExporter.export(secret, "EXPORTER-parley-connection", new byte[0], 64);
            return Optional.of(
                    new Hello.Binding(
                            exported, client, client ? ours : peer, client ? peer : ours));
        } catch (GeneralSecurityException | javax.net.ssl.SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    private static byte[] fingerprint(Certificate certificate) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    }

    private static final class AnyWellFormed extends X509ExtendedTrustManager {
        private static void check(X509Certificate[] chain) {
            if (chain.length != 1 || !"EC".equals(chain[0].getPublicKey().getAlgorithm())) {
                throw new IllegalArgumentException("expected one self-signed P-256 certificate");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
