package dev.parley.cli;

import dev.parley.wire.api.Value;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The verbs of {@code parley group} about who is in one and who may come. */
abstract class GroupMemberCommands extends GroupTalkCommands {
    private static final String MEMBER = "hex, its start, or a contact's name";

    @Command(
            name = "invite",
            description = {
                "Makes an invite for one agent, as admin, and prints its link.",
                "Whoever has the link may join once, as member: pass it on by a way that you trust."
            },
            footer = "%nExample: parley group invite team --for 2d")
    int invite(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group,
            @Option(
                            names = "--for",
                            paramLabel = "TIME",
                            description =
                                    "how long it holds: 30m, 12h, 2d; default 7d, at most 30d")
                    @Nullable String time)
            throws CliException {
        Value.MapBuilder body = Value.map();
        if (time != null) {
            body.put("seconds", seconds(time));
        }
        return target.print(
                spec,
                target.client().post(at(group, "/invites"), body.build()),
                it -> Tree.text(it, "link"));
    }

    private static long seconds(String time) throws CliException {
        if (!time.matches("[1-9][0-9]{0,8}[smhd]")) {
            throw new CliException(
                    CliException.USAGE,
                    "ARGUMENTS_INVALID",
                    "--for is '" + time + "', expected a number and s, m, h or d",
                    "for example --for 12h");
        }
        long count = Long.parseLong(time.substring(0, time.length() - 1));
        return switch (time.charAt(time.length() - 1)) {
            case 's' -> count;
            case 'm' -> count * 60;
            case 'h' -> count * 3_600;
            default -> count * 86_400;
        };
    }

    @Command(
            name = "invites",
            description = "The invites that were not used and have not expired.",
            footer = "%nExample: parley group invites team")
    int invites(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group)
            throws CliException {
        return target.print(
                spec,
                target.client().get(at(group, "/invites")),
                it ->
                        Table.of(
                                Tree.list(it, "invites"),
                                "No open invites.",
                                "INVITE=invite",
                                "EXPIRES=expires",
                                "BY=inviter"));
    }

    @Command(
            name = "uninvite",
            description = "Takes an invite back, as admin: its link is of no more use.",
            footer = "%nExample: parley group uninvite team 4f0c…")
    int uninvite(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group,
            @Parameters(paramLabel = "INVITE", description = "as 'invites' shows it") String invite)
            throws CliException {
        return target.print(
                spec,
                target.client().delete(at(group, "/invites/" + Paths.word(invite))),
                it -> "Taken back: " + Tree.text(it, "revoked"));
    }

    @Command(
            name = "members",
            description = "Who is in a group, with which role.",
            footer = "%nExample: parley group members team")
    int members(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group)
            throws CliException {
        return target.print(
                spec,
                target.client().get(at(group, "/members")),
                it ->
                        Table.of(
                                Tree.list(it, "members"),
                                "No members.",
                                "ROLE=role",
                                "NAME=name",
                                "WORDS=words",
                                "AGENT=agent"));
    }

    @Command(
            name = "role",
            description = "Gives a member a role, as admin.",
            footer = "%nExample: parley group role team bob admin")
    int role(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group,
            @Parameters(paramLabel = "AGENT", description = MEMBER) String agent,
            @Parameters(paramLabel = "ROLE", description = "admin or member") String role)
            throws CliException {
        return target.print(
                spec,
                target.client()
                        .patch(
                                at(group, "/members/" + Paths.word(agent)),
                                Value.map().put("role", role).build()),
                it -> Tree.text(it, "agent") + " is now " + Tree.text(it, "role") + ".");
    }

    @Command(
            name = "remove",
            description = "Takes a member out, as admin: it can read nothing that is said after.",
            footer = "%nExample: parley group remove team bob")
    int remove(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group,
            @Parameters(paramLabel = "AGENT", description = MEMBER) String agent)
            throws CliException {
        return target.print(
                spec,
                target.client().delete(at(group, "/members/" + Paths.word(agent))),
                it -> "Removed: " + Tree.text(it, "removed"));
    }
}
