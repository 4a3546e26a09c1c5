package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.GossipMessage;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Says by gossip what is new, and hears it. Everybody hears gossip, so only of an open store the
 * changes themselves go that way; of others it is only said which they are, and who may read the
 * store asks for them.
 */
final class Live {
    private static final System.Logger LOG = System.getLogger(Live.class.getName());
    private static final String PREFIX = "stores/";
    private static final int MAX_PAYLOAD_BYTES = 60_000;
    private static final Duration BETWEEN = Duration.ofMillis(50);

    private final Actor actor;
    private final Identity identity;
    private final Network network;
    private final Gossip gossip;
    private final Puller puller;
    private final Map<Id, OpenStore> stores;
    private final AutoCloseable subscription;

    Live(
            Actor actor,
            Identity identity,
            Network network,
            Gossip gossip,
            Puller puller,
            Map<Id, OpenStore> stores) {
        this.actor = actor;
        this.identity = identity;
        this.network = network;
        this.gossip = gossip;
        this.puller = puller;
        this.stores = stores;
        this.subscription = gossip.subscribe(PREFIX + "*", this::onMessage);
    }

    void close() throws Exception {
        subscription.close();
    }

    private void onMessage(GossipMessage message) {
        if (message.machine().equals(identity.machine())) {
            return;
        }
        String name = message.topic().name().substring(PREFIX.length());
        if (!name.matches("[0-9a-f]{64}")) {
            return;
        }
        // Not even decoded before it is known that somebody here wants it; full mailboxes lose it,
        // and the next comparison finds it.
        actor.tell(() -> onMessage(Id.parse(name), message));
    }

    private void onMessage(Id id, GossipMessage message) {
        OpenStore store = stores.get(id);
        if (store == null || !store.damage().isEmpty()) {
            return;
        }
        MachineId source =
                network.peer(message.machine()).isPresent() ? message.machine() : message.via();
        try {
            SyncMessage decoded = SyncMessage.decode(message.payload());
            if (decoded instanceof SyncMessage.Changes it) {
                puller.live(store, it.changes(), source);
            } else if (decoded instanceof SyncMessage.Heads it) {
                it.heads().stream()
                        .filter(head -> !store.replica().has(head))
                        .findFirst()
                        .ifPresent(head -> puller.heard(store, source, head));
            }
        } catch (MalformedException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "gossip of {0} about a store: {1}",
                    message.author().words(),
                    e.getMessage());
        }
    }

    /** Tells of our own changes that are on disk, at most twenty times a second. */
    void publish(OpenStore store, List<SignedChange> changes) {
        store.unpublished.addAll(changes);
        if (!store.publishing && !store.unpublished.isEmpty()) {
            store.publishing = true;
            publishNow(store);
        }
    }

    private void publishNow(OpenStore store) {
        List<SignedChange> changes = store.unpublished;
        store.unpublished = new ArrayList<>();
        if (changes.isEmpty() || stores.get(store.id()) != store) {
            store.publishing = false;
            return;
        }
        Topic topic = new Topic(PREFIX + store.id().hex());
        for (SyncMessage message : messages(store.info(), changes)) {
            gossip.publish(topic, message.encode(), Retention.NONE);
        }
        actor.after(BETWEEN, () -> publishNow(store));
    }

    static List<SyncMessage> messages(StoreInfo info, List<SignedChange> changes) {
        List<SyncMessage> messages = new ArrayList<>();
        List<SignedChange> packed = new ArrayList<>();
        List<Id> named = new ArrayList<>();
        int bytes = 0;
        for (SignedChange change : changes) {
            int length = change.body().length + change.signature().length + 16;
            if (info.mode() != StoreInfo.Mode.OPEN || length > MAX_PAYLOAD_BYTES) {
                named.add(change.id());
                continue;
            }
            if (bytes + length > MAX_PAYLOAD_BYTES || packed.size() == SyncMessage.MAX_IDS) {
                messages.add(new SyncMessage.Changes(List.copyOf(packed)));
                packed.clear();
                bytes = 0;
            }
            packed.add(change);
            bytes += length;
        }
        if (!packed.isEmpty()) {
            messages.add(new SyncMessage.Changes(List.copyOf(packed)));
        }
        if (!named.isEmpty()) {
            int from = Math.max(0, named.size() - SyncMessage.MAX_IDS);
            messages.add(new SyncMessage.Heads(List.copyOf(named.subList(from, named.size()))));
        }
        return messages;
    }
}
