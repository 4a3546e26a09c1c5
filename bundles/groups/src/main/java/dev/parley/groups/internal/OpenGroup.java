package dev.parley.groups.internal;

import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupException.Reason;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupInfo;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.api.GroupStatus;
import dev.parley.groups.internal.core.GroupCore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A group that is open here: its core, which the room's actor owns, and its vault, which the disk
 * thread owns.
 */
final class OpenGroup {
    final GroupId id;
    private final @Nullable GroupCore core;
    private final @Nullable Vault vault;

    /** Why it cannot be used; written by the disk thread. */
    private volatile String damage;

    /** Those who wait for a welcome. The actor's. */
    final List<CompletableFuture<GroupInfo>> joins = new ArrayList<>();

    /** Ends hearing its topic. The disk thread's. */
    Optional<AutoCloseable> topic = Optional.empty();

    /** When its log was last written anew. The disk thread's. */
    Instant rewritten = Instant.EPOCH;

    OpenGroup(GroupId id, GroupCore core, Vault vault) {
        this.id = id;
        this.core = core;
        this.vault = vault;
        this.damage = "";
    }

    /** One that cannot be opened. */
    OpenGroup(GroupId id, String damage) {
        this.id = id;
        this.core = null;
        this.vault = null;
        this.damage = damage;
    }

    GroupCore core() throws GroupException {
        if (core == null || !damage.isEmpty()) {
            throw new GroupException(Reason.DISK, damage);
        }
        return core;
    }

    Vault vault() throws GroupException {
        if (vault == null || !damage.isEmpty()) {
            throw new GroupException(Reason.DISK, damage);
        }
        return vault;
    }

    Optional<Vault> openVault() {
        return Optional.ofNullable(vault);
    }

    String damage() {
        return damage;
    }

    void damaged(String why) {
        damage = why;
    }

    GroupInfo info() {
        GroupInfo known =
                core == null
                        ? new GroupInfo(
                                id,
                                "",
                                "",
                                GroupStatus.DAMAGED,
                                GroupRole.MEMBER,
                                0,
                                0,
                                "",
                                0,
                                Instant.EPOCH)
                        : core.info();
        return damage.isEmpty()
                ? known
                : new GroupInfo(
                        id,
                        known.name(),
                        known.description(),
                        GroupStatus.DAMAGED,
                        known.role(),
                        known.members(),
                        known.epoch(),
                        known.head(),
                        known.lastSequence(),
                        known.since());
    }
}
