package dev.parley.gateway.internal;

import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupInvite;
import dev.parley.groups.api.GroupMember;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.api.Groups;
import dev.parley.identity.api.AgentId;
import dev.parley.trust.api.Contact;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Who is in the private groups, and who may come. */
final class GroupMembers {
    private static final String MEMBER =
            "64 hex digits, the first six or more of a member, or a contact's name";
    private static final String ROLE = "admin or member";

    private final Groups groups;
    private final TrustStore trust;
    private final AgentNames agents;

    GroupMembers(Groups groups, TrustStore trust, AgentNames agents) {
        this.groups = groups;
        this.trust = trust;
        this.agents = agents;
    }

    List<Operation> operations() {
        List<Operation> all = new ArrayList<>(members());
        all.addAll(invites());
        return all;
    }

    private GroupId group(Arguments arguments) throws OperationException {
        return GroupOperations.find(groups, arguments).id();
    }

    private List<Operation> members() {
        return List.of(
                GroupOperations.about(
                        "groups.members",
                        "GET",
                        "/members",
                        "Who is in it, with which role",
                        this::listMembers),
                GroupOperations.about(
                                "groups.role",
                                "PATCH",
                                "/members/{agent}",
                                "Gives a member a role, as admin",
                                this::role)
                        .needs("agent", Type.TEXT, MEMBER)
                        .needs("role", Type.TEXT, ROLE),
                GroupOperations.about(
                                "groups.remove",
                                "DELETE",
                                "/members/{agent}",
                                "Takes a member out, as admin; it reads nothing that comes after",
                                this::remove)
                        .needs("agent", Type.TEXT, MEMBER));
    }

    private List<Operation> invites() {
        return List.of(
                GroupOperations.about(
                        "groups.invites",
                        "GET",
                        "/invites",
                        "The invites that were not used and have not expired",
                        arguments -> listInvites(arguments)),
                GroupOperations.about(
                                "groups.invite",
                                "POST",
                                "/invites",
                                "Makes an invite for one agent, as admin; whoever has its link may"
                                        + " join",
                                this::invite)
                        .takes(
                                "seconds",
                                Type.INTEGER,
                                "how long it holds, at most "
                                        + Groups.MAX_INVITE_LIFETIME.toSeconds()
                                        + "; "
                                        + Groups.INVITE_LIFETIME.toSeconds()),
                GroupOperations.about(
                                "groups.uninvite",
                                "DELETE",
                                "/invites/{invite}",
                                "Takes an invite back, as admin",
                                this::uninvite)
                        .needs("invite", Type.TEXT, "the invite's id"));
    }

    private Value listMembers(Arguments arguments) throws OperationException {
        List<Value> all = new ArrayList<>();
        for (GroupMember member : GroupOperations.wait(groups.members(group(arguments)))) {
            all.add(
                    Value.map()
                            .put("agent", member.agent().hex())
                            .put("words", member.agent().words())
                            .put(
                                    "name",
                                    trust.contact(member.agent()).map(Contact::name).orElse(""))
                            .put("role", member.role().toString())
                            .put("own", member.self())
                            .build());
        }
        return Value.map().put("members", Value.list(all)).build();
    }

    /** A member need not be known here otherwise. */
    private AgentId member(GroupId group, Arguments arguments) throws OperationException {
        List<AgentId> members =
                GroupOperations.wait(groups.members(group)).stream()
                        .map(GroupMember::agent)
                        .toList();
        return agents.find(arguments.text("agent"), members);
    }

    private Value role(Arguments arguments) throws OperationException {
        GroupId group = group(arguments);
        AgentId agent = member(group, arguments);
        GroupRole role = role(arguments.text("role"));
        GroupOperations.done(groups.setRole(group, agent, role));
        return Value.map().put("agent", agent.hex()).put("role", role.toString()).build();
    }

    private static GroupRole role(String name) throws OperationException {
        try {
            return GroupRole.parse(name);
        } catch (GroupException e) {
            throw Waiting.failure(e);
        }
    }

    private Value remove(Arguments arguments) throws OperationException {
        GroupId group = group(arguments);
        AgentId agent = member(group, arguments);
        GroupOperations.done(groups.remove(group, agent));
        return Value.map().put("removed", agent.hex()).build();
    }

    private Value listInvites(Arguments arguments) throws OperationException {
        List<Value> all = new ArrayList<>();
        for (GroupInvite invite : GroupOperations.wait(groups.invites(group(arguments)))) {
            all.add(describe(invite));
        }
        return Value.map().put("invites", Value.list(all)).build();
    }

    private Value describe(GroupInvite invite) {
        return Value.map()
                .put("invite", invite.id())
                .put("group", invite.group().hex())
                .put("inviter", invite.inviter().hex())
                .put("expires", invite.expires().toString())
                .put("link", invite.link())
                .build();
    }

    private Value invite(Arguments arguments) throws OperationException {
        long seconds = arguments.integer("seconds", Groups.INVITE_LIFETIME.toSeconds());
        long most = Groups.MAX_INVITE_LIFETIME.toSeconds();
        if (seconds < 1 || seconds > most) {
            throw OperationException.invalid("seconds is " + seconds, "expected 1 to " + most);
        }
        return describe(
                GroupOperations.wait(groups.invite(group(arguments), Duration.ofSeconds(seconds))));
    }

    private Value uninvite(Arguments arguments) throws OperationException {
        GroupOperations.done(groups.revokeInvite(group(arguments), arguments.text("invite")));
        return Value.map().put("revoked", arguments.text("invite")).build();
    }
}
