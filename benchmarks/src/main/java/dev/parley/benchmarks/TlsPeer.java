package dev.parley.benchmarks;

import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.spec.ECGenParameterSpec;
import java.util.Date;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A self-signed P-256 certificate, and somebody who takes any: only the rate matters here. */
final class TlsPeer {
    private TlsPeer() {}

    static KeyManager key() throws GeneralSecurityException, java.io.IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        X500Name name = new X500Name("CN=peer");
        Date now = new Date();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try {
            store.setKeyEntry(
                    "peer",
                    keys.getPrivate(),
                    new char[0],
                    new java.security.cert.Certificate[] {
                        new JcaX509CertificateConverter()
                                .getCertificate(
                                        new JcaX509v3CertificateBuilder(
                                                        name,
                                                        BigInteger.ONE,
                                                        now,
                                                        new Date(now.getTime() + 86_400_000),
                                                        name,
                                                        keys.getPublic())
                                                .build(
                                                        new JcaContentSignerBuilder(
                                                                        "SHA256withECDSA")
                                                                .build(keys.getPrivate())))
                    });
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers()[0];
    }

    static TrustManager anybody() {
        return new X509ExtendedTrustManager() {
            @Override
            public void checkClientTrusted(
                    java.security.cert.X509Certificate[] chain, String type, Socket socket) {}

            @Override
            public void checkServerTrusted(
                    java.security.cert.X509Certificate[] chain, String type, Socket socket) {}

            @Override
            public void checkClientTrusted(
                    java.security.cert.X509Certificate[] chain, String type, SSLEngine engine) {}

            @Override
            public void checkServerTrusted(
                    java.security.cert.X509Certificate[] chain, String type, SSLEngine engine) {}

            @Override
            public void checkClientTrusted(
                    java.security.cert.X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(
                    java.security.cert.X509Certificate[] chain, String type) {}

            @Override
            public java.security.cert.X509Certificate[] getAcceptedIssuers() {
                return new java.security.cert.X509Certificate[0];
            }
        };
    }
}
