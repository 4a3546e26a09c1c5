package dev.parley.groups.internal.core;

import dev.parley.identity.api.AgentId;
import dev.parley.storage.api.Hash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The epochs within the window, and which of them count (0013, "Epochs and which one counts"). What
 * counts depends on all that is here, so that nobody who is removed takes that back from an older
 * epoch. And so the head depends on what is here and not on the order in which it came. Not
 * thread-safe.
 */
final class EpochTree {
    static final int MAX_EPOCHS = 16;
    static final int MAX_NODES = 64;
    static final Duration MAX_AGE = Duration.ofHours(24);

    private final Map<Hash, EpochNode> nodes = new LinkedHashMap<>();
    private Hash root;

    EpochTree(EpochNode root) {
        this.root = root.id();
        nodes.put(root.id(), root);
    }

    Collection<EpochNode> nodes() {
        return nodes.values();
    }

    Optional<EpochNode> find(Hash id) {
        return Optional.ofNullable(nodes.get(id));
    }

    /**
     * @return whether its parent is here and it was not
     */
    boolean add(EpochNode node) {
        return nodes.containsKey(node.parent()) && nodes.putIfAbsent(node.id(), node) == null;
    }

    EpochNode oldest() {
        return find(root).orElseThrow();
    }

    /** From the oldest kept epoch to the head. */
    List<EpochNode> chain() {
        Map<Hash, List<EpochNode>> children = new LinkedHashMap<>();
        for (EpochNode node : nodes.values()) {
            children.computeIfAbsent(node.parent(), id -> new ArrayList<>()).add(node);
        }
        List<EpochNode> chain = new ArrayList<>();
        Optional<EpochNode> next = find(root);
        while (next.isPresent()) {
            EpochNode node = next.get();
            chain.add(node);
            next = best(node, children);
        }
        return chain;
    }

    /**
     * The child that counts: first those whose committer no other child's branch removes, then the
     * lowest rank and id.
     */
    private static Optional<EpochNode> best(EpochNode parent, Map<Hash, List<EpochNode>> children) {
        List<EpochNode> rivals = children.getOrDefault(parent.id(), List.of());
        if (rivals.size() < 2) {
            return rivals.stream().findFirst();
        }
        List<EpochNode> fair = new ArrayList<>();
        for (EpochNode rival : rivals) {
            AgentId committer = rival.step().committer();
            boolean condemned =
                    rivals.stream()
                            .anyMatch(
                                    other ->
                                            other != rival
                                                    && removes(other, committer, parent, children));
            if (!condemned) {
                fair.add(rival);
            }
        }
        return (fair.isEmpty() ? rivals : fair)
                .stream().reduce((one, other) -> one.step().beats(other.step()) ? one : other);
    }

    /** Whether an admin of that parent removes the agent in this commit or below it. */
    private static boolean removes(
            EpochNode node, AgentId agent, EpochNode parent, Map<Hash, List<EpochNode>> children) {
        return node.step().removed().contains(agent)
                        && parent.inside()
                                .map(it -> it.admin(node.step().committer()))
                                .orElse(false)
                || children.getOrDefault(node.id(), List.of()).stream()
                        .anyMatch(child -> removes(child, agent, parent, children));
    }

    EpochNode head() {
        List<EpochNode> chain = chain();
        return chain.get(chain.size() - 1);
    }

    /** What leaves the window, oldest first. */
    record Pruned(List<EpochNode> formerRoots, List<EpochNode> others) {}

    Pruned prune(Instant now) {
        List<EpochNode> chain = chain();
        List<EpochNode> formerRoots = new ArrayList<>();
        while (chain.size() - formerRoots.size() > 1
                && (chain.size() - formerRoots.size() > MAX_EPOCHS
                        || chain.get(formerRoots.size() + 1).taken().plus(MAX_AGE).isBefore(now))) {
            formerRoots.add(chain.get(formerRoots.size()));
        }
        root = chain.get(formerRoots.size()).id();
        formerRoots.forEach(node -> nodes.remove(node.id()));
        List<EpochNode> others = new ArrayList<>();
        List<EpochNode> orphans = orphans();
        while (!orphans.isEmpty()) {
            orphans.forEach(node -> nodes.remove(node.id()));
            others.addAll(orphans);
            orphans = orphans();
        }
        while (nodes.size() > MAX_NODES) {
            EpochNode worst = worstLosingLeaf();
            nodes.remove(worst.id());
            others.add(worst);
        }
        return new Pruned(formerRoots, others);
    }

    private List<EpochNode> orphans() {
        return nodes.values().stream()
                .filter(node -> !node.id().equals(root) && !nodes.containsKey(node.parent()))
                .toList();
    }

    private EpochNode worstLosingLeaf() {
        List<Hash> counting = chain().stream().map(EpochNode::id).toList();
        return nodes.values().stream()
                .filter(node -> !counting.contains(node.id()))
                .filter(
                        node ->
                                nodes.values().stream()
                                        .noneMatch(other -> other.parent().equals(node.id())))
                .reduce((one, other) -> one.step().beats(other.step()) ? other : one)
                .orElseThrow();
    }
}
