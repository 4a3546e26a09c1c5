package dev.parley.groups.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestHandler;
import dev.parley.gossip.api.Gossip;
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
import dev.parley.groups.internal.core.GroupCore;
import dev.parley.groups.internal.core.Setup;
import dev.parley.groups.internal.core.StoredMessage;
import dev.parley.groups.internal.format.InviteLink;
import dev.parley.groups.internal.format.LeafCertificate;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.Identity;
import dev.parley.network.api.Network;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The groups on one actor: begins, ends, and has each call of {@link Groups} done by a core. What
 * comes from outside goes to {@link OpenGroups} and {@link Questions}, what is to be done to {@link
 * EffectExecutor}. A group that could not be written is read again at the next start.
 */
@Component(service = Groups.class)
public final class GroupsComponent implements Groups {
    private static final System.Logger LOG = System.getLogger(GroupsComponent.class.getName());
    private static final int MAX_WAITING = 50_000;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration JOIN_TIMEOUT = Duration.ofMinutes(1);

    private final Actor actor = Actors.create("parley-groups", MAX_WAITING);
    private final SecureRandom random = new SecureRandom();
    private final Identity identity;
    private final Storage storage;
    private final KeyValueStore names;
    private final OpenGroups groups;
    private final Questions questions;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

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
        registrations.add(context.registerService(RequestHandler.class, questions, null));
        registrations.add(context.registerService(PeerListener.class, groups, null));
    }

    /** For tests and tools that have no framework; the caller tells direct and network. */
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
        Answers answers = new Answers(direct);
        this.groups = new OpenGroups(actor, network, gossip, answers);
        this.questions = new Questions(actor, groups, trust, answers);
        actor.tell(this::openAll);
        actor.every(TICK, groups::tick);
    }

    /** What answers the questions of other containers. */
    RequestHandler questions() {
        return questions;
    }

    /** Who is told of peers. */
    PeerListener peers() {
        return groups;
    }

    @Deactivate
    public void close() throws Exception {
        registrations.forEach(ServiceRegistration::unregister);
        actor.close();
        groups.effects().close();
        for (OpenGroup group : groups.all()) {
            EffectExecutor.closeTopic(group);
            if (group.openVault().isPresent()) {
                group.openVault().get().close();
            }
            group.joins.forEach(it -> it.completeExceptionally(closed()));
        }
    }

    static GroupException closed() {
        return new GroupException(Reason.CLOSED, "the room stops");
    }

    private Instant now() {
        return actor.time().now();
    }

    private Setup setup(GroupId id) {
        return Setup.of(id, identity.network(), LeafCertificate.Certifier.of(identity), random);
    }

    private void openAll() {
        for (String hex : names.keys("")) {
            GroupId id = GroupId.parse(hex);
            Map<String, byte[]> stored = new TreeMap<>();
            try {
                Vault vault = Vault.open(storage, names, id, stored);
                if (stored.containsKey("g")) {
                    groups.open(new OpenGroup(id, GroupCore.load(setup(id), stored), vault));
                } else {
                    // It was created or joined, and nothing of that reached the disk.
                    vault.delete();
                }
            } catch (StorageException | GroupException e) {
                LOG.log(System.Logger.Level.ERROR, "group " + hex, e);
                groups.addDamaged(id, String.valueOf(e.getMessage()));
            }
        }
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
                                if (groups.effects().behind()) {
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
                    groups.perform(group, failure -> finish(done, result, failure));
                });
    }

    private CompletionStage<Void> order(GroupId id, Order order) {
        return onActor(
                done -> {
                    OpenGroup group = find(id);
                    order.on(group.core());
                    groups.perform(group, failure -> finish(done, failure));
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
        return groups.find(id)
                .orElseThrow(
                        () -> new GroupException(Reason.NOT_FOUND, "no group " + id + " is here"));
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
                    groups.open(group);
                    groups.perform(group, failure -> finish(done, info, failure));
                });
    }

    private void requirePlace() throws GroupException {
        if (groups.all().size() >= MAX_GROUPS) {
            throw new GroupException(Reason.TOO_LARGE, "at most " + MAX_GROUPS + " groups");
        }
    }

    @Override
    public CompletionStage<GroupInfo> join(String link) {
        return onActor(
                done -> {
                    InviteLink parsed = InviteLink.parse(link);
                    Optional<OpenGroup> found = groups.find(parsed.group());
                    if (found.isPresent()) {
                        OpenGroup here = found.get();
                        here.core().joinAgain(parsed, now());
                        await(here, done);
                        groups.perform(here);
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
                    groups.open(group);
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
                                groups.all().stream()
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
                            groups.all().stream()
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
                    groups.effects().execute(() -> read(group, after, limit, done));
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
        return groups.listen(listener);
    }
}
