package dev.parley.catalog.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.catalog.api.Descriptor;
import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.direct.api.Direct;
import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.GossipMessage;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.SignedRecord;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.network.api.Network;
import dev.parley.storage.api.Hash;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.trust.internal.TrustComponent;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

class CatalogComponentTest {
    @TempDir private Path dir;

    /** Says nothing and does nothing, but for one method. */
    private static <T> T quiet(Class<T> type, String method, Object answer) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (self, called, arguments) ->
                                called.getName().equals(method) ? answer : null));
    }

    private static final class Heard implements Gossip {
        final BlockingQueue<Announcement> announcements = new LinkedBlockingQueue<>();
        Consumer<GossipMessage> subscriber = message -> {};

        @Override
        public CompletionStage<String> publish(Topic topic, byte[] payload, Retention retention) {
            try {
                announcements.add(Announcement.decode(payload));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return CompletableFuture.completedFuture("id");
        }

        @Override
        public AutoCloseable subscribe(String filter, Consumer<GossipMessage> consumer) {
            subscriber = consumer;
            return () -> {};
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of();
        }
    }

    private static SignedRecord signed(IdentityComponent identity) {
        byte[] body =
                new Descriptor(
                                "org.example.hello",
                                "1.0.0",
                                identity.agent(),
                                10,
                                Hash.sha256(new byte[1]),
                                Hash.sha256(new byte[2]),
                                "org.example.Hello",
                                "hello",
                                "Hello",
                                "",
                                List.of(),
                                List.of(),
                                1,
                                Hash.of(new byte[Hash.BYTES]),
                                Instant.EPOCH,
                                "1.0.0")
                        .encode();
        return new SignedRecord(
                body, identity.agentKey(), identity.signAsAgent(Descriptor.CONTEXT, body));
    }

    private IdentityComponent identity() throws Exception {
        return new IdentityComponent(dir.resolve("id"), new NetworkId("parley.test"), "alice");
    }

    private CatalogComponent catalog(
            IdentityComponent identity, StorageComponent storage, Heard gossip, Duration again)
            throws Exception {
        return new CatalogComponent(
                quiet(
                        BundleContext.class,
                        "registerService",
                        quiet(ServiceRegistration.class, "", "")),
                identity,
                quiet(Network.class, "listenAddress", "127.0.0.1:4433"),
                gossip,
                quiet(Direct.class, "", ""),
                storage,
                new TrustComponent(dir.resolve("trust")),
                again);
    }

    @Test
    void aDescriptorThatTwoAnnounceIsFoundByItsHashAndOneOfThem() throws Exception {
        StorageComponent storage = new StorageComponent(dir.resolve("storage"));
        Heard gossip = new Heard();
        CatalogComponent catalog = catalog(identity(), storage, gossip, Duration.ofHours(1));
        Hash hash = Hash.sha256(new byte[3]);
        byte[] announcement =
                new Announcement.Published(
                                hash, "org.example.hello", "1.0.0", "hello", "Hello", 10, 1, "h:1")
                        .encode();
        MachineId machine = MachineId.of("33".repeat(32));
        for (String author : List.of("aa", "bb")) {
            gossip.subscriber.accept(
                    new GossipMessage(
                            author,
                            new Topic("plugins/demo"),
                            AgentId.of(author.repeat(32)),
                            machine,
                            Instant.EPOCH,
                            announcement,
                            machine));
        }
        assertThatThrownBy(() -> catalog.find(hash.hex()))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(ReasonCode.AMBIGUOUS));
        for (String author : List.of("aa", "bb")) {
            assertThat(catalog.find(author.repeat(32) + "/" + hash.hex()).publisher().hex())
                    .isEqualTo(author.repeat(32));
        }
        catalog.close();
        storage.close();
    }

    @Test
    void whatIsOursIsAnnouncedAgainAndAgainUntilTheRoomCloses() throws Exception {
        IdentityComponent identity = identity();
        StorageComponent storage = new StorageComponent(dir.resolve("storage"));
        Heard gossip = new Heard();
        CatalogComponent catalog = catalog(identity, storage, gossip, Duration.ofMillis(20));
        SignedRecord descriptor = signed(identity);
        catalog.publish(descriptor, new Topic("plugins/demo"));
        for (int round = 0; round < 3; round++) {
            Announcement heard = gossip.announcements.poll(10, TimeUnit.SECONDS);
            assertThat(heard).isInstanceOf(Announcement.Published.class);
            assertThat(((Announcement.Published) heard).descriptor())
                    .isEqualTo(Hash.sha256(descriptor.encode()));
        }
        catalog.close();
        gossip.announcements.clear();
        assertThat(gossip.announcements.poll(200, TimeUnit.MILLISECONDS)).isNull();
        storage.close();
    }
}
