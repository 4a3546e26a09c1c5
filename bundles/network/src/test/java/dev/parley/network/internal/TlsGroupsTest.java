package dev.parley.network.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.incubator.codec.quic.BoringSSLContextOption;
import io.netty.incubator.codec.quic.QuicChannel;
import io.netty.incubator.codec.quic.QuicClientCodecBuilder;
import io.netty.incubator.codec.quic.QuicSslContext;
import io.netty.incubator.codec.quic.QuicSslContextBuilder;
import io.netty.util.concurrent.Future;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A QUIC client with a TLS set-up of its own, as a foreign program would have. */
class TlsGroupsTest {
    @TempDir private Path dir;

    private final NioEventLoopGroup group = new NioEventLoopGroup(1);
    private NetworkComponent network;
    private KeyPair keys;
    private X509Certificate certificate;

    @BeforeEach
    void start() throws Exception {
        network =
                new NetworkComponent(
                        "127.0.0.1:0",
                        List.of(),
                        dir.toString(),
                        new IdentityComponent(dir, new NetworkId("parley.test"), "alice"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        keys = generator.generateKeyPair();
        X500Name name = new X500Name("CN=stranger");
        Instant now = Instant.now();
        certificate =
                new JcaX509CertificateConverter()
                        .getCertificate(
                                new JcaX509v3CertificateBuilder(
                                                name,
                                                BigInteger.ONE,
                                                Date.from(now.minusSeconds(60)),
                                                Date.from(now.plusSeconds(3600)),
                                                name,
                                                keys.getPublic())
                                        .build(
                                                new JcaContentSignerBuilder("SHA256withECDSA")
                                                        .build(keys.getPrivate())));
    }

    @AfterEach
    void stop() {
        network.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private Future<QuicChannel> dial(String... groups) throws Exception {
        QuicSslContext tls =
                QuicSslContextBuilder.forClient()
                        .keyManager(keys.getPrivate(), null, certificate)
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .applicationProtocols(TlsIdentity.ALPN)
                        .option(BoringSSLContextOption.GROUPS, groups)
                        .build();
        Channel socket =
                new Bootstrap()
                        .group(group)
                        .channel(NioDatagramChannel.class)
                        .handler(
                                new QuicClientCodecBuilder()
                                        .sslContext(tls)
                                        .maxIdleTimeout(3, TimeUnit.SECONDS)
                                        .initialMaxData(1 << 20)
                                        .initialMaxStreamDataBidirectionalLocal(1 << 16)
                                        .initialMaxStreamDataBidirectionalRemote(1 << 16)
                                        .initialMaxStreamsBidirectional(8)
                                        .build())
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        String[] address = network.listenAddress().split(":");
        Future<QuicChannel> dialled =
                QuicChannel.newBootstrap(socket)
                        .streamHandler(new ChannelInboundHandlerAdapter())
                        .remoteAddress(
                                new InetSocketAddress(address[0], Integer.parseInt(address[1])))
                        .connect();
        assertThat(dialled.await(10, TimeUnit.SECONDS)).isTrue();
        return dialled;
    }

    @Test
    void aClientThatOffersOnlyClassicalGroupsIsRefusedInTheTlsHandshake() throws Exception {
        assertThat(dial("X25519", "P-256", "P-384").isSuccess()).isFalse();
        assertThat(dial("X25519MLKEM768").isSuccess()).as("the hybrid group").isTrue();
        assertThat(dial("X25519", "X25519MLKEM768").isSuccess()).as("both offered").isTrue();
        assertThat(network.peers()).isEmpty();
    }
}
