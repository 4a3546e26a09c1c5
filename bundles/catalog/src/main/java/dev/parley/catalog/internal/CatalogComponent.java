package dev.parley.catalog.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.catalog.api.Catalog;
import dev.parley.catalog.api.Descriptor;
import dev.parley.catalog.api.Entry;
import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.Refusal;
import dev.parley.catalog.api.RefusedException;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestException;
import dev.parley.direct.api.RequestHandler;
import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.GossipMessage;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.SignedRecord;
import dev.parley.network.api.Network;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import dev.parley.trust.api.TrustLevel;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.MalformedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The announcements that came by gossip, and what we announce ourselves. */
@Component(service = Catalog.class)
public final class CatalogComponent implements Catalog, RequestHandler {
    private static final System.Logger LOG = System.getLogger(CatalogComponent.class.getName());
    private static final String METHOD = "catalog.descriptor";
    private static final int MAX_REFUSALS = 64;
    private static final Duration TTL = Duration.ofDays(7);

    /** Well before what others keep of us is over. */
    private static final Duration AGAIN = Duration.ofDays(1);

    /** How long to wait for holders that are not connected, if one is and if none is. */
    private static final Duration DIAL_MORE = Duration.ofMillis(250);

    private static final Duration DIAL_ANY = Duration.ofSeconds(3);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    private final Identity identity;
    private final Network network;
    private final Gossip gossip;
    private final Direct direct;
    private final TrustStore trust;
    private final KeyValueStore kept;
    private final AutoCloseable subscription;
    private final Actor actor = Actors.create("parley-catalog", 16);
    private final ServiceRegistration<RequestHandler> registration;
    private final List<Refusal> refusals = new ArrayList<>();
    private final Listings listings = new Listings();

    @Activate
    public CatalogComponent(
            BundleContext context,
            @Reference Identity identity,
            @Reference Network network,
            @Reference Gossip gossip,
            @Reference Direct direct,
            @Reference Storage storage,
            @Reference TrustStore trust)
            throws StorageException {
        this(context, identity, network, gossip, direct, storage, trust, AGAIN);
    }

    /**
     * @param again how often what we announce is announced again
     */
    CatalogComponent(
            BundleContext context,
            Identity identity,
            Network network,
            Gossip gossip,
            Direct direct,
            Storage storage,
            TrustStore trust,
            Duration again)
            throws StorageException {
        this.identity = identity;
        this.network = network;
        this.gossip = gossip;
        this.direct = direct;
        this.trust = trust;
        this.kept = storage.keyValue("catalog");
        this.subscription = gossip.subscribe("plugins/*", this::onMessage);
        announceAgain();
        actor.every(again, this::announceAgain);
        // Not by declaration: the room that takes handlers is one that we need ourselves.
        this.registration = context.registerService(RequestHandler.class, this, null);
    }

    @Deactivate
    public void close() throws Exception {
        registration.unregister();
        actor.close();
        subscription.close();
    }

    private void announceAgain() {
        for (String key : kept.keys("topic/")) {
            Hash hash = Hash.of(key.substring("topic/".length()));
            Optional<String> topic =
                    kept.get(key).map(name -> new String(name, StandardCharsets.UTF_8));
            Optional<SignedRecord> record = signed(hash);
            if (topic.isPresent() && record.isPresent()) {
                announce(hash, record.get(), new Topic(topic.get()));
            }
        }
    }

    private Optional<SignedRecord> signed(Hash hash) {
        try {
            Optional<byte[]> bytes = kept.get("descriptor/" + hash.hex());
            return bytes.isPresent()
                    ? Optional.of(SignedRecord.decode(bytes.get()))
                    : Optional.empty();
        } catch (MalformedException e) {
            LOG.log(System.Logger.Level.ERROR, "descriptor " + hash + " on disk is damaged", e);
            return Optional.empty();
        }
    }

    private void announce(Hash hash, SignedRecord record, Topic topic) {
        try {
            Descriptor descriptor = Descriptor.decode(record.body());
            direct.offer(descriptor.sha256());
            boolean own = descriptor.publisher().equals(identity.agent());
            Announcement announcement =
                    own
                            ? Announcement.of(hash, descriptor, network.listenAddress())
                            : new Announcement.Holding(hash, network.listenAddress());
            String key =
                    (own
                            ? "p:"
                                    + Hash.sha256(descriptor.bsn().getBytes(StandardCharsets.UTF_8))
                                            .hex()
                                            .substring(0, 32)
                            : "h:" + hash.hex().substring(0, 32));
            gossip.publish(topic, announcement.encode(), new Retention(key, TTL));
        } catch (MalformedException e) {
            LOG.log(System.Logger.Level.ERROR, "descriptor " + hash + " cannot be announced", e);
        }
    }

    private void onMessage(GossipMessage message) {
        try {
            Announcement announcement = Announcement.decode(message.payload());
            synchronized (this) {
                if (announcement instanceof Announcement.Published published) {
                    listings.published(
                            message.author(), message.machine(), message.topic().name(), published);
                } else if (announcement instanceof Announcement.Holding holding) {
                    listings.holding(message.author(), message.machine(), holding);
                }
            }
        } catch (MalformedException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "announcement of {0} refused: {1} {2}",
                    message.author().words(),
                    e.reason(),
                    e.getMessage());
            synchronized (this) {
                refusals.add(
                        new Refusal(
                                message.time(),
                                message.author(),
                                message.topic().name(),
                                e.reason() == MalformedException.Reason.TOO_LONG
                                        ? ReasonCode.TOO_LARGE
                                        : ReasonCode.MALFORMED,
                                String.valueOf(e.getMessage())));
                if (refusals.size() > MAX_REFUSALS) {
                    refusals.remove(0);
                }
            }
        }
    }

    @Override
    public synchronized List<Refusal> refusals() {
        return List.copyOf(refusals);
    }

    private boolean blocked(Entry entry) {
        return trust.level(entry.publisher()) == TrustLevel.BLOCKED;
    }

    private synchronized List<Entry> entries() {
        return listings.entries();
    }

    @Override
    public List<Entry> search(String text) {
        String wanted = text.toLowerCase(Locale.ROOT);
        return entries().stream()
                .filter(it -> !blocked(it))
                .filter(
                        it ->
                                (it.name()
                                                + " "
                                                + it.title()
                                                + " "
                                                + it.bsn()
                                                + " "
                                                + it.publisher())
                                        .toLowerCase(Locale.ROOT)
                                        .contains(wanted))
                .toList();
    }

    @Override
    public Entry find(String ref) throws RefusedException {
        int slash = ref.indexOf('/');
        String publisher = slash < 0 ? "" : ref.substring(0, slash);
        String rest = ref.substring(slash + 1);
        int at = rest.indexOf('@');
        String name = at < 0 ? rest : rest.substring(0, at);
        String version = at < 0 ? "" : rest.substring(at + 1);
        List<Entry> all =
                entries().stream()
                        .filter(
                                it ->
                                        it.name().equals(name)
                                                || it.bsn().equals(name)
                                                || it.descriptor().hex().equals(name))
                        .filter(it -> it.publisher().hex().startsWith(publisher))
                        .filter(it -> version.isEmpty() || it.version().equals(version))
                        .toList();
        List<Entry> found = all.stream().filter(it -> !blocked(it)).toList();
        if (found.isEmpty() && !all.isEmpty()) {
            throw new RefusedException(
                    ReasonCode.PUBLISHER_BLOCKED,
                    "'"
                            + ref
                            + "' is announced by "
                            + all.get(0).publisher().words()
                            + ", who is blocked here");
        }
        if (found.isEmpty()) {
            throw new RefusedException(
                    ReasonCode.NOT_FOUND,
                    "no announcement of '"
                            + ref
                            + "' is here; 'parley plugins search' lists what is, and it may take"
                            + " a few seconds after connecting");
        }
        if (found.stream().map(Entry::publisher).distinct().count() > 1) {
            throw new RefusedException(
                    ReasonCode.AMBIGUOUS,
                    "'"
                            + ref
                            + "' is announced by more than one publisher; name one: "
                            + String.join(
                                    ", ",
                                    found.stream()
                                            .map(
                                                    it ->
                                                            it.publisher().hex().substring(0, 12)
                                                                    + "/"
                                                                    + it.name())
                                            .distinct()
                                            .toList()));
        }
        return found.get(0);
    }

    @Override
    public CompletionStage<List<MachineId>> reachableHolders(Entry entry) {
        List<CompletableFuture<Optional<MachineId>>> attempts = new ArrayList<>();
        boolean someConnected =
                entry.holders().keySet().stream().anyMatch(it -> network.peer(it).isPresent());
        Duration limit = someConnected ? DIAL_MORE : DIAL_ANY;
        entry.holders()
                .forEach(
                        (machine, address) -> {
                            if (machine.equals(identity.machine())) {
                                return;
                            }
                            if (network.peer(machine).isPresent()) {
                                attempts.add(
                                        CompletableFuture.completedFuture(Optional.of(machine)));
                            } else {
                                attempts.add(
                                        network.connect(address)
                                                .handle(
                                                        (peer, failure) ->
                                                                failure == null
                                                                                && peer.machine()
                                                                                        .equals(
                                                                                                machine)
                                                                        ? Optional.of(machine)
                                                                        : Optional
                                                                                .<MachineId>empty())
                                                .toCompletableFuture()
                                                .completeOnTimeout(
                                                        Optional.empty(),
                                                        limit.toMillis(),
                                                        TimeUnit.MILLISECONDS));
                            }
                        });
        return CompletableFuture.allOf(attempts.toArray(new CompletableFuture<?>[0]))
                .thenApply(
                        done ->
                                attempts.stream()
                                        .map(CompletableFuture::join)
                                        .flatMap(Optional::stream)
                                        .toList());
    }

    @Override
    public CompletionStage<SignedRecord> descriptor(Entry entry) {
        Optional<SignedRecord> here = signed(entry.descriptor());
        if (here.isPresent()) {
            return CompletableFuture.completedFuture(here.get());
        }
        return reachableHolders(entry)
                .thenCompose(machines -> ask(entry, new ArrayList<>(machines)));
    }

    private CompletionStage<SignedRecord> ask(Entry entry, List<MachineId> machines) {
        if (machines.isEmpty()) {
            return CompletableFuture.failedStage(
                    new RefusedException(
                            ReasonCode.FETCH_NO_HOLDER,
                            "nobody who serves "
                                    + entry.name()
                                    + " can be reached; "
                                    + entry.holders().size()
                                    + " said they do"));
        }
        MachineId machine = machines.remove(0);
        return direct.request(machine, METHOD, entry.descriptor().bytes(), REQUEST_TIMEOUT)
                .thenApply(
                        bytes -> {
                            try {
                                return Hash.sha256(bytes).equals(entry.descriptor())
                                        ? Optional.of(SignedRecord.decode(bytes))
                                        : Optional.<SignedRecord>empty();
                            } catch (MalformedException e) {
                                return Optional.<SignedRecord>empty();
                            }
                        })
                .exceptionally(failure -> Optional.empty())
                .thenCompose(
                        record ->
                                record.isPresent()
                                        ? CompletableFuture.completedFuture(record.get())
                                        : ask(entry, machines));
    }

    @Override
    public CompletionStage<Hash> publish(SignedRecord descriptor, Topic topic) {
        Hash hash = Hash.sha256(descriptor.encode());
        try {
            String bsn = Descriptor.decode(descriptor.body()).bsn();
            for (String old : kept.keys("topic/")) {
                Hash oldHash = Hash.of(old.substring("topic/".length()));
                if (ownLatest(bsn)
                        .map(it -> Hash.sha256(it.encode()))
                        .filter(oldHash::equals)
                        .isPresent()) {
                    kept.delete(old);
                }
            }
            keep(hash, descriptor, topic.name());
            kept.put("own/" + bsn, hash.bytes());
        } catch (StorageException | MalformedException e) {
            return CompletableFuture.failedStage(
                    new RefusedException(ReasonCode.FAILED, e.getMessage()));
        }
        announce(hash, descriptor, topic);
        return CompletableFuture.completedFuture(hash);
    }

    private void keep(Hash hash, SignedRecord descriptor, String topic) throws StorageException {
        kept.put("descriptor/" + hash.hex(), descriptor.encode());
        kept.put("topic/" + hash.hex(), topic.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void hold(Entry entry, SignedRecord descriptor) {
        try {
            keep(entry.descriptor(), descriptor, entry.topic());
            announce(entry.descriptor(), descriptor, new Topic(entry.topic()));
        } catch (StorageException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot keep " + entry.name() + " to serve it", e);
        }
    }

    @Override
    public void release(Hash descriptor) {
        Optional<Descriptor> held = decoded(descriptor);
        if (held.isEmpty() || held.get().publisher().equals(identity.agent())) {
            return;
        }
        try {
            kept.delete("topic/" + descriptor.hex());
            kept.delete("descriptor/" + descriptor.hex());
        } catch (StorageException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot forget " + held.get().name(), e);
        }
        if (!holds(held.get().sha256())) {
            direct.withdraw(held.get().sha256());
        }
    }

    @Override
    public boolean holds(Hash blob) {
        return kept.keys("topic/").stream()
                .map(key -> decoded(Hash.of(key.substring("topic/".length()))))
                .flatMap(Optional::stream)
                .anyMatch(it -> it.sha256().equals(blob));
    }

    private Optional<Descriptor> decoded(Hash hash) {
        try {
            Optional<SignedRecord> record = signed(hash);
            return record.isPresent()
                    ? Optional.of(Descriptor.decode(record.get().body()))
                    : Optional.empty();
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<SignedRecord> ownLatest(String bsn) {
        return kept.get("own/" + bsn).flatMap(hash -> signed(Hash.of(hash)));
    }

    @Override
    public String method() {
        return METHOD;
    }

    @Override
    public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
        if (body.length != Hash.BYTES) {
            return CompletableFuture.failedStage(
                    new RequestException("MALFORMED", "expected a 32-byte hash"));
        }
        return signed(Hash.of(body))
                .map(record -> CompletableFuture.completedFuture(record.encode()))
                .orElse(
                        CompletableFuture.failedFuture(
                                new RequestException("NOT_HERE", "not served here")));
    }
}
