package dev.parley.groups.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestException;
import dev.parley.direct.api.RequestHandler;
import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.GossipMessage;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupException.Reason;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupInfo;
import dev.parley.groups.api.GroupInvite;
import dev.parley.groups.api.GroupMember;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.api.Groups;
import dev.parley.groups.internal.core.Effect;
import dev.parley.groups.internal.core.GroupCore;
import dev.parley.groups.internal.core.RefusalException;
import dev.parley.groups.internal.core.Setup;
import dev.parley.groups.internal.core.StoredMessage;
import dev.parley.groups.internal.format.InviteLink;
import dev.parley.groups.internal.format.Item;
import dev.parley.groups.internal.format.LeafCertificate;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.PublicKey;
import dev.parley.identity.api.Signature;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerListener;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.MalformedException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The groups on one actor. What a core wants done goes, in order, to one disk thread: so whatever
 * leaves this container leaves after what it rests on was written. If writing fails nothing that
 * comes after it is done, and the group is read again at the next start.
 */
@Component(service = Groups.class)
public final class GroupsComponent implements Groups, PeerListener, RequestHandler {
    private static final System.Logger LOG = System.getLogger(GroupsComponent.class.getName());
    private static final int MAX_WAITING = 50_000;
    private static final int MAX_BATCHES = 4_096;
    private static final int MAX_PER_PEER = 8;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration JOIN_TIMEOUT = Duration.ofMinutes(1);

    /** How long what was deleted may stay in the log. */
    private static final Duration REWRITE = Duration.ofHours(1);

    /** In ticks. */
    private static final int LOOK_AT_LOG = 60;

    private final Actor actor = Actors.create("parley-groups", MAX_WAITING);
    private final ExecutorService disk = Actors.pool("parley-groups-disk", 1, 2 * MAX_BATCHES);
    private final AtomicInteger batches = new AtomicInteger();
    private final SecureRandom random = new SecureRandom();
    private final Identity identity;
    private final Storage storage;
    private final KeyValueStore names;
    private final Network network;
    private final Gossip gossip;
    private final TrustStore trust;
    private final Answers answers;
    private final Map<GroupId, OpenGroup> groups = new LinkedHashMap<>();
    private final Map<MachineId, Integer> asking = new ConcurrentHashMap<>();
    private final List<Consumer<GroupEvent>> listeners = new CopyOnWriteArrayList<>();
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private long ticks;

    @Activate
    public GroupsComponent(
            BundleContext context,
            @Reference Identity identity,
            @Reference Storage storage,
            @Reference Network network,
            @Reference Gossip gossip,
            @Reference Direct direct,
            @Reference TrustStore trust)
            throws StorageException {
        this(identity, storage, network, gossip, direct, trust);
        // Not by declaration: the rooms that take these are ones that we need ourselves.
        registrations.add(context.registerService(RequestHandler.class, this, null));
        registrations.add(context.registerService(PeerListener.class, this, null));
    }

    /** For tests and tools that have no framework; the caller adds this to direct and network. */
    public GroupsComponent(
            Identity identity,
            Storage storage,
            Network network,
            Gossip gossip,
            Direct direct,
            TrustStore trust)
            throws StorageException {
        this.identity = identity;
        this.storage = storage;
        this.names = storage.keyValue("groups");
        this.network = network;
        this.gossip = gossip;
        this.trust = trust;
        this.answers = new Answers(direct);
        actor.tell(this::openAll);
        actor.every(TICK, this::tick);
    }

    @Deactivate
    public void close() throws Exception {
        registrations.forEach(ServiceRegistration::unregister);
        actor.close();
        disk.shutdown();
        disk.awaitTermination(5, TimeUnit.SECONDS);
        for (OpenGroup group : groups.values()) {
            closeTopic(group);
            if (group.openVault().isPresent()) {
                group.openVault().get().close();
            }
            group.joins.forEach(it -> it.completeExceptionally(closed()));
        }
    }

    private static GroupException closed() {
        return new GroupException(Reason.CLOSED, "the room stops");
    }

    private static void closeTopic(OpenGroup group) {
        group.topic.ifPresent(
                it -> {
                    try {
                        it.close();
                    } catch (Exception e) {
                        LOG.log(System.Logger.Level.DEBUG, "ending a subscription", e);
                    }
                });
        group.topic = Optional.empty();
    }

    private Instant now() {
        return actor.time().now();
    }

    private Setup setup(GroupId id) {
        return Setup.of(
                id,
                identity.network(),
                new LeafCertificate.Certifier() {
                    @Override
                    public PublicKey key() {
                        return identity.agentKey();
                    }

                    @Override
                    public Signature sign(String context, byte[] body) {
                        return identity.signAsAgent(context, body);
                    }
                },
                random);
    }

    private void openAll() {
        for (String hex : names.keys("")) {
            GroupId id = GroupId.parse(hex);
            Map<String, byte[]> stored = new TreeMap<>();
            try {
                Vault vault = Vault.open(storage, names, id, stored);
                if (stored.containsKey("g")) {
                    open(new OpenGroup(id, GroupCore.load(setup(id), stored), vault));
                } else {
                    // It was created or joined, and nothing of that reached the disk.
                    vault.delete();
                }
            } catch (StorageException | GroupException e) {
                LOG.log(System.Logger.Level.ERROR, "group " + hex, e);
                groups.put(id, new OpenGroup(id, String.valueOf(e.getMessage())));
            }
        }
    }

    private void open(OpenGroup group) throws GroupException {
        groups.put(group.id, group);
        for (Peer peer : network.peers()) {
            group.core().connected(peer.agent(), now());
        }
        perform(group);
    }

    private void tick() {
        ticks++;
        for (OpenGroup group : List.copyOf(groups.values())) {
            each(group, core -> core.tick(now()));
        }
    }

    /** An input that nobody waits for; dropped when the disk is far behind. */
    private void each(OpenGroup group, Consumer<GroupCore> input) {
        if (!group.damage().isEmpty() || batches.get() > MAX_BATCHES / 2) {
            return;
        }
        try {
            input.accept(group.core());
            List<Effect> effects = group.core().drain();
            // Also without anything to do the log is looked at now and then.
            if (!effects.isEmpty() || ticks % LOOK_AT_LOG == 0) {
                perform(group, effects, failure -> {});
            }
        } catch (GroupException e) {
            LOG.log(System.Logger.Level.DEBUG, "group " + group.id, e);
        }
    }

    private void perform(OpenGroup group) throws GroupException {
        perform(group, failure -> {});
    }

    /**
     * Has done what the core wants.
     *
     * @param after is told on the disk thread, with what went wrong if something did
     */
    private void perform(OpenGroup group, Consumer<Optional<GroupException>> after)
            throws GroupException {
        perform(group, group.core().drain(), after);
    }

    private void perform(
            OpenGroup group, List<Effect> effects, Consumer<Optional<GroupException>> after) {
        GroupInfo info = group.info();
        batches.incrementAndGet();
        try {
            disk.execute(
                    () -> {
                        batches.decrementAndGet();
                        after.accept(run(group, effects, info));
                    });
        } catch (RejectedExecutionException e) {
            batches.decrementAndGet();
            group.damaged("the disk is too slow, or the room stops");
            after.accept(Optional.of(closed()));
        }
    }

    private Optional<GroupException> run(OpenGroup group, List<Effect> effects, GroupInfo info) {
        try {
            if (!group.damage().isEmpty()) {
                throw new GroupException(Reason.DISK, group.damage());
            }
            for (Effect effect : effects) {
                run(group, effect, info);
            }
            if (group.damage().isEmpty() && group.openVault().isPresent()) {
                rewrite(group, group.openVault().get());
            }
            return Optional.empty();
        } catch (StorageException e) {
            String why =
                    "it could not be written, and is read again at the next start: "
                            + e.getMessage();
            group.damaged(why);
            LOG.log(System.Logger.Level.ERROR, "group " + group.id, e);
            return Optional.of(new GroupException(Reason.DISK, why));
        } catch (GroupException e) {
            return Optional.of(e);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "group " + group.id, e);
            return Optional.of(new GroupException(Reason.DISK, String.valueOf(e.getMessage())));
        }
    }

    private void rewrite(OpenGroup group, Vault vault) throws StorageException {
        Instant now = now();
        if (vault.large() || vault.deleted() && group.rewritten.plus(REWRITE).isBefore(now)) {
            vault.rewrite();
            group.rewritten = now;
        }
    }

    private void run(OpenGroup group, Effect effect, GroupInfo info)
            throws StorageException, GroupException {
        if (effect instanceof Effect.Persist it) {
            group.vault().write(it.changes());
        } else if (effect instanceof Effect.Follow it) {
            closeTopic(group);
            group.topic =
                    Optional.of(gossip.subscribe(it.topic(), message -> heard(group, message)));
        } else if (effect instanceof Effect.Publish it) {
            gossip.publish(new Topic(it.topic()), it.payload(), Retention.NONE)
                    .exceptionally(
                            e -> {
                                LOG.log(System.Logger.Level.DEBUG, "publishing", e);
                                return "";
                            });
        } else if (effect instanceof Effect.Ask it) {
            ask(group, it);
        } else if (effect instanceof Effect.Tell it) {
            actor.after(Duration.ZERO, () -> tell(it.event()));
        } else if (effect instanceof Effect.Joined) {
            actor.after(
                    Duration.ZERO,
                    () -> {
                        group.joins.forEach(join -> join.complete(info));
                        group.joins.clear();
                    });
        } else if (effect instanceof Effect.NotJoined it) {
            actor.after(
                    Duration.ZERO,
                    () -> {
                        group.joins.forEach(join -> join.completeExceptionally(it.cause()));
                        group.joins.clear();
                    });
        } else if (effect instanceof Effect.Forget) {
            closeTopic(group);
            Vault vault = group.vault();
            group.damaged("the group is not kept any more");
            vault.delete();
            actor.after(Duration.ZERO, () -> groups.remove(group.id, group));
        }
    }

    private void tell(GroupEvent event) {
        for (Consumer<GroupEvent> listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a listener of groups failed", e);
            }
        }
    }

    private void heard(OpenGroup group, GossipMessage message) {
        try {
            Item item = Item.decode(message.payload());
            actor.tell(() -> each(group, core -> core.heard(message.author(), item, now())));
        } catch (MalformedException e) {
            LOG.log(System.Logger.Level.DEBUG, "on a group''s topic: {0}", e.getMessage());
        }
    }

    private void ask(OpenGroup group, Effect.Ask ask) {
        Optional<Peer> peer =
                network.peers().stream().filter(it -> it.agent().equals(ask.to())).findFirst();
        CompletionStage<SyncMessage> answer =
                peer.isEmpty()
                        ? CompletableFuture.failedStage(
                                new RequestException("NOT_CONNECTED", "no such peer"))
                        : answers.ask(peer.get().machine(), ask.question());
        answer.whenComplete(
                (message, failure) ->
                        actor.after(
                                Duration.ZERO,
                                () ->
                                        each(
                                                group,
                                                core -> {
                                                    if (failure == null) {
                                                        core.answered(
                                                                ask.to(),
                                                                ask.question(),
                                                                message,
                                                                now());
                                                    } else {
                                                        core.unanswered(
                                                                ask.to(),
                                                                ask.question(),
                                                                code(failure));
                                                    }
                                                })));
    }

    private static String code(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof RequestException refused ? refused.code() : "BAD_ANSWER";
    }

    @Override
    public String method() {
        return SyncMessage.METHOD;
    }

    @Override
    public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
        SyncMessage question;
        try {
            question = SyncMessage.decode(body);
            if (question instanceof SyncMessage.AskPiece piece) {
                return CompletableFuture.completedStage(answers.piece(piece));
            }
        } catch (MalformedException e) {
            return refusal("MALFORMED", String.valueOf(e.getMessage()));
        } catch (RequestException e) {
            return CompletableFuture.failedStage(e);
        }
        if (!(question instanceof SyncMessage.Question asked)) {
            return refusal("MALFORMED", "that is no question");
        }
        MachineId machine = caller.machine();
        if (asking.merge(machine, 1, Integer::sum) > MAX_PER_PEER) {
            end(machine);
            return refusal("BUSY", "at most " + MAX_PER_PEER + " questions at once");
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        answer.whenComplete((bytes, failure) -> end(machine));
        if (!actor.tell(() -> answer(caller, asked, answer))) {
            answer.completeExceptionally(new RequestException("BUSY", "too much waits"));
        }
        return answer;
    }

    private static CompletionStage<byte[]> refusal(String code, String message) {
        return CompletableFuture.failedStage(new RequestException(code, message));
    }

    private void end(MachineId machine) {
        asking.computeIfPresent(
                machine, (key, count) -> count <= 1 ? null : Integer.valueOf(count - 1));
    }

    private void answer(
            Caller caller, SyncMessage.Question question, CompletableFuture<byte[]> answer) {
        OpenGroup group = groups.get(question.group());
        try {
            if (group == null
                    || !group.damage().isEmpty()
                    || trust.evaluate(caller.agent(), caller.machine()).rejects()) {
                throw new RequestException("NO_SUCH_GROUP", "not here, or not for you");
            }
            if (batches.get() > MAX_BATCHES / 2) {
                throw new RequestException("BUSY", "too much waits");
            }
            SyncMessage given = group.core().answer(caller.agent(), question, now());
            perform(
                    group,
                    failure -> {
                        if (failure.isPresent()) {
                            answer.completeExceptionally(
                                    new RequestException("BUSY", "the disk failed"));
                        } else {
                            answer.complete(answers.give(given));
                        }
                    });
        } catch (RefusalException e) {
            each(group(question.group()), core -> {});
            answer.completeExceptionally(new RequestException(e.code().name(), e.getMessage()));
        } catch (RequestException e) {
            answer.completeExceptionally(e);
        } catch (GroupException e) {
            answer.completeExceptionally(new RequestException("NO_SUCH_GROUP", e.getMessage()));
        }
    }

    private OpenGroup group(GroupId id) {
        OpenGroup group = groups.get(id);
        return group == null ? new OpenGroup(id, "no such group") : group;
    }

    @Override
    public void connected(Peer peer) {
        actor.tell(
                () -> {
                    for (OpenGroup group : List.copyOf(groups.values())) {
                        each(group, core -> core.connected(peer.agent(), now()));
                    }
                });
    }

    @Override
    public void disconnected(Peer peer, String reason) {
        AgentId agent = peer.agent();
        actor.tell(
                () -> {
                    if (network.peers().stream().noneMatch(it -> it.agent().equals(agent))) {
                        for (OpenGroup group : List.copyOf(groups.values())) {
                            each(group, core -> core.disconnected(agent));
                        }
                    }
                });
    }

    private interface Work<T> {
        void run(CompletableFuture<T> done) throws GroupException, StorageException;
    }

    private <T> CompletableFuture<T> onActor(Work<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        boolean told =
                actor.tell(
                        () -> {
                            try {
                                if (batches.get() > MAX_BATCHES / 2) {
                                    throw new GroupException(Reason.BUSY, "the disk is far behind");
                                }
                                work.run(done);
                            } catch (GroupException e) {
                                done.completeExceptionally(e);
                            } catch (StorageException e) {
                                done.completeExceptionally(
                                        new GroupException(
                                                Reason.DISK, String.valueOf(e.getMessage())));
                            } catch (RuntimeException e) {
                                LOG.log(System.Logger.Level.ERROR, "groups", e);
                                done.completeExceptionally(
                                        new GroupException(
                                                Reason.INVALID, String.valueOf(e.getMessage())));
                            }
                        });
        if (!told) {
            done.completeExceptionally(
                    new GroupException(Reason.BUSY, "too much waits, or the room stops"));
        }
        return done;
    }

    private interface Command<T> {
        T on(GroupCore core) throws GroupException;
    }

    /** Completes with what the command returned when all that it wants is done. */
    private <T> CompletionStage<T> command(GroupId id, Command<T> command) {
        return onActor(
                done -> {
                    OpenGroup group = find(id);
                    T result = command.on(group.core());
                    perform(group, failure -> finish(done, result, failure));
                });
    }

    private CompletionStage<Void> order(GroupId id, Order order) {
        return onActor(
                done -> {
                    OpenGroup group = find(id);
                    order.on(group.core());
                    perform(group, failure -> finish(done, failure));
                });
    }

    private interface Order {
        void on(GroupCore core) throws GroupException;
    }

    private static <T> void finish(
            CompletableFuture<T> done, T result, Optional<GroupException> failure) {
        if (failure.isPresent()) {
            done.completeExceptionally(failure.get());
        } else {
            done.complete(result);
        }
    }

    @SuppressWarnings("NullAway") // A stage of Void completes with null.
    private static void finish(CompletableFuture<Void> done, Optional<GroupException> failure) {
        finish(done, null, failure);
    }

    private OpenGroup find(GroupId id) throws GroupException {
        OpenGroup group = groups.get(id);
        if (group == null) {
            throw new GroupException(Reason.NOT_FOUND, "no group " + id + " is here");
        }
        return group;
    }

    @Override
    public CompletionStage<GroupInfo> create(String name, String description) {
        return onActor(
                done -> {
                    byte[] bytes = new byte[GroupId.BYTES];
                    random.nextBytes(bytes);
                    GroupId id = GroupId.of(bytes);
                    requirePlace();
                    GroupCore core = GroupCore.create(setup(id), name, description, now());
                    GroupInfo info = core.info();
                    OpenGroup group =
                            new OpenGroup(
                                    id, core, Vault.open(storage, names, id, new TreeMap<>()));
                    open(group);
                    perform(group, failure -> finish(done, info, failure));
                });
    }

    private void requirePlace() throws GroupException {
        if (groups.size() >= MAX_GROUPS) {
            throw new GroupException(Reason.TOO_LARGE, "at most " + MAX_GROUPS + " groups");
        }
    }

    @Override
    public CompletionStage<GroupInfo> join(String link) {
        return onActor(
                done -> {
                    InviteLink parsed = InviteLink.parse(link);
                    OpenGroup here = groups.get(parsed.group());
                    if (here != null) {
                        here.core().joinAgain(parsed, now());
                        await(here, done);
                        perform(here);
                        return;
                    }
                    requirePlace();
                    GroupCore core = GroupCore.join(setup(parsed.group()), parsed, now());
                    OpenGroup group =
                            new OpenGroup(
                                    parsed.group(),
                                    core,
                                    Vault.open(storage, names, parsed.group(), new TreeMap<>()));
                    await(group, done);
                    open(group);
                });
    }

    private void await(OpenGroup group, CompletableFuture<GroupInfo> done) {
        group.joins.add(done);
        actor.after(
                JOIN_TIMEOUT,
                () -> {
                    if (group.joins.remove(done)) {
                        done.completeExceptionally(
                                new GroupException(
                                        Reason.NO_ADMIN,
                                        "no admin who knows the invite answered within "
                                                + JOIN_TIMEOUT.toSeconds()
                                                + " s; connect to one of the admins it names: the"
                                                + " join goes on by itself"));
                    }
                });
    }

    @Override
    public CompletionStage<List<GroupInfo>> list() {
        return onActor(
                done ->
                        done.complete(
                                groups.values().stream()
                                        .map(OpenGroup::info)
                                        .sorted(
                                                Comparator.comparing(GroupInfo::name)
                                                        .thenComparing(GroupInfo::id))
                                        .toList()));
    }

    @Override
    public CompletionStage<GroupInfo> find(String reference) {
        String given = reference.strip();
        return onActor(
                done -> {
                    List<GroupInfo> found =
                            groups.values().stream()
                                    .map(OpenGroup::info)
                                    .filter(it -> refers(given, it))
                                    .toList();
                    if (found.size() == 1) {
                        done.complete(found.get(0));
                    } else if (found.isEmpty()) {
                        throw new GroupException(Reason.NOT_FOUND, "no group '" + given + "'");
                    } else {
                        throw new GroupException(
                                Reason.AMBIGUOUS,
                                found.size() + " groups are '" + given + "'; name one by its id");
                    }
                });
    }

    private static boolean refers(String reference, GroupInfo info) {
        return info.name().equals(reference)
                || reference.matches("[0-9a-f]{6,64}") && info.id().hex().startsWith(reference);
    }

    @Override
    public CompletionStage<List<GroupMember>> members(GroupId group) {
        return command(group, GroupCore::members);
    }

    @Override
    public CompletionStage<GroupInvite> invite(GroupId group, Duration lifetime) {
        return command(group, core -> core.invite(lifetime, now()));
    }

    @Override
    public CompletionStage<List<GroupInvite>> invites(GroupId group) {
        return command(group, GroupCore::invites);
    }

    @Override
    public CompletionStage<Void> revokeInvite(GroupId group, String inviteId) {
        return order(group, core -> core.revokeInvite(inviteId, now()));
    }

    @Override
    public CompletionStage<Void> leave(GroupId group) {
        return order(group, core -> core.leave(now()));
    }

    @Override
    public CompletionStage<Void> close(GroupId group) {
        return order(group, core -> core.close(now()));
    }

    @Override
    public CompletionStage<Void> forget(GroupId group) {
        return order(group, GroupCore::forget);
    }

    @Override
    public CompletionStage<Void> remove(GroupId group, AgentId agent) {
        return order(group, core -> core.remove(agent, now()));
    }

    @Override
    public CompletionStage<Void> setRole(GroupId group, AgentId agent, GroupRole role) {
        return order(group, core -> core.setRole(agent, role, now()));
    }

    @Override
    public CompletionStage<GroupInfo> rename(GroupId group, String name, String description) {
        return command(group, core -> core.rename(name, description, now()));
    }

    @Override
    public CompletionStage<Void> refresh(GroupId group) {
        return order(group, core -> core.refresh(now()));
    }

    @Override
    public CompletionStage<GroupMessage> send(GroupId group, String type, byte[] content) {
        byte[] copy = content.clone();
        return command(group, core -> core.send(type, copy, now()));
    }

    @Override
    public CompletionStage<List<GroupMessage>> messages(GroupId id, long after, int limit) {
        return onActor(
                done -> {
                    if (limit < 1 || limit > 1000 || after < 0) {
                        throw new GroupException(
                                Reason.INVALID, "a limit is 1 to 1000, a sequence at least 0");
                    }
                    OpenGroup group = find(id);
                    group.vault();
                    disk.execute(() -> read(group, after, limit, done));
                });
    }

    private static void read(
            OpenGroup group, long after, int limit, CompletableFuture<List<GroupMessage>> done) {
        try {
            Vault vault = group.vault();
            List<GroupMessage> found = new ArrayList<>();
            for (String key : vault.keys(StoredMessage.key(after), "m/")) {
                if (found.size() == limit) {
                    break;
                }
                @Nullable byte[] stored = vault.read(key).orElse(null);
                if (stored != null) {
                    found.add(
                            StoredMessage.decode(stored)
                                    .shown(group.id, StoredMessage.sequence(key)));
                }
            }
            done.complete(found);
        } catch (StorageException | MalformedException e) {
            done.completeExceptionally(
                    new GroupException(Reason.DISK, String.valueOf(e.getMessage())));
        } catch (GroupException e) {
            done.completeExceptionally(e);
        }
    }

    @Override
    public AutoCloseable listen(Consumer<GroupEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
