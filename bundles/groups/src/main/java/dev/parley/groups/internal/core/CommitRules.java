package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.Groups;
import dev.parley.groups.internal.format.Admitted;
import dev.parley.groups.internal.format.Charter;
import dev.parley.groups.internal.format.Step;
import dev.parley.identity.api.AgentId;
import dev.parley.mls.api.Change;
import dev.parley.mls.api.Member;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.api.StagedCommit;
import dev.parley.wire.api.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Judges a commit that MLS accepts by the charter and members of its parent epoch (0013, "Who may
 * commit what"). All members judge alike.
 */
final class CommitRules {
    private CommitRules() {}

    /** The commit may not do this. */
    static final class NotAllowedException extends Exception {
        private static final long serialVersionUID = 1L;

        final boolean lastAdmin;

        NotAllowedException(String message) {
            this(message, false);
        }

        NotAllowedException(String message, boolean lastAdmin) {
            super(message);
            this.lastAdmin = lastAdmin;
        }
    }

    static EpochNode judge(
            GroupId group, EpochNode parent, StagedCommit commit, Instant now, Intent intent)
            throws NotAllowedException {
        EpochNode.Inside before = parent.inside().orElseThrow();
        AgentId committer = agent(commit.committer());
        if (before.charter().closed()) {
            throw new NotAllowedException("the group is closed");
        }
        if (!before.members().containsKey(committer)) {
            throw new NotAllowedException("the committer is no member");
        }
        EpochNode.Inside after;
        List<Admitted> admitted;
        try {
            after = EpochNode.Inside.of(commit.next());
            admitted = Admitted.decode(commit.authenticatedData());
        } catch (MalformedException e) {
            throw new NotAllowedException(String.valueOf(e.getMessage()));
        }
        List<AgentId> removed = new ArrayList<>();
        List<AgentId> added = new ArrayList<>();
        for (Change change : commit.changes()) {
            judge(change, commit, before, committer, removed, added);
        }
        if (!admitted.stream().allMatch(it -> added.contains(it.agent()))) {
            throw new NotAllowedException("an invite is used for somebody who is not added");
        }
        judgeCharter(before, after, committer);
        if (after.members().size() > Groups.MAX_MEMBERS) {
            throw new NotAllowedException("a group has at most " + Groups.MAX_MEMBERS + " members");
        }
        boolean demoted = before.charter().admins().stream().anyMatch(admin -> !after.admin(admin));
        removed.removeAll(after.members().keySet());
        boolean first = !removed.isEmpty() || demoted || after.charter().closed();
        return new EpochNode(
                new Step(
                        EpochNode.id(group, parent.number() + 1, commit.hash()),
                        first ? 0 : 1,
                        committer,
                        removed),
                parent.id(),
                parent.number() + 1,
                admitted,
                Optional.of(after),
                now,
                intent);
    }

    private static void judge(
            Change change,
            StagedCommit commit,
            EpochNode.Inside before,
            AgentId committer,
            List<AgentId> removed,
            List<AgentId> added)
            throws NotAllowedException {
        if (change instanceof Change.Joined it) {
            if (!commit.external() || !agent(it.member()).equals(committer)) {
                throw new NotAllowedException("somebody else joins by this commit");
            }
        } else if (change instanceof Change.Removed it) {
            AgentId agent = agent(it.member());
            if (commit.external() ? !agent.equals(committer) : !before.admin(committer)) {
                throw new NotAllowedException("only admins remove others");
            }
            removed.add(agent);
        } else if (change instanceof Change.Added it) {
            if (!before.admin(committer)) {
                throw new NotAllowedException("only admins add");
            }
            added.add(agent(it.member()));
        } else if (change instanceof Change.Updated it) {
            if (!agent(it.after()).equals(committer)) {
                throw new NotAllowedException("an update of somebody else");
            }
        } else if (change instanceof Change.ExtensionsReplaced it) {
            if (commit.external() || !others(it.before()).equals(others(it.after()))) {
                throw new NotAllowedException("other extensions than the charter change");
            }
        } else {
            throw new NotAllowedException(
                    "a change of the kind " + change.getClass().getSimpleName());
        }
    }

    private static void judgeCharter(
            EpochNode.Inside before, EpochNode.Inside after, AgentId committer)
            throws NotAllowedException {
        Charter was = before.charter();
        Charter is = after.charter();
        if (!Arrays.equals(was.topicKey(), is.topicKey())) {
            throw new NotAllowedException("the topic key changes");
        }
        boolean same =
                was.name().equals(is.name())
                        && was.description().equals(is.description())
                        && was.admins().equals(is.admins())
                        && was.closed() == is.closed();
        if (!same && !before.admin(committer)) {
            throw new NotAllowedException("only admins change the charter");
        }
        if (is.admins().isEmpty() || !after.members().keySet().containsAll(is.admins())) {
            throw new NotAllowedException(
                    is.admins().isEmpty()
                            ? dev.parley.groups.api.GroupException.NEEDS_ADMIN
                            : "an admin is no member",
                    is.admins().isEmpty());
        }
    }

    private static List<MlsExtension> others(List<MlsExtension> extensions) {
        return extensions.stream().filter(it -> it.type() != Charter.EXTENSION_TYPE).toList();
    }

    static AgentId agent(Member member) {
        return AgentId.of(member.id().bytes());
    }
}
