package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parley group …}: private groups, whose messages only their members can read. */
@Command(
        name = "group",
        addMethodSubcommands = false, // see Main.commands
        description =
                "Private groups, whose messages only their members can read; without a verb, lists"
                        + " them.",
        footer = "%nExample: parley group send team 'Lunch at noon'")
final class GroupCommands implements Callable<Integer> {
    private static final String GROUP = "a group's name, or the first digits of its id";
    private static final String MEMBER = "hex, its start, or a contact's name";

    @Spec CommandSpec spec = CommandSpec.create();

    @Mixin Target own = new Target();

    @Override
    public Integer call() throws CliException {
        return list(own);
    }

    private static String at(String group, String rest) {
        return "/groups/" + Paths.word(group) + rest;
    }

    @Command(
            name = "list",
            description = "The groups of this container's agent, and those it was removed from.",
            footer = "%nExample: parley group list")
    int list(@Mixin Target target) throws CliException {
        return target.print(
                spec,
                target.client().get("/groups"),
                it ->
                        Table.of(
                                Tree.list(it, "groups"),
                                "No groups. 'parley group create' makes one.",
                                "NAME=name",
                                "STATUS=status",
                                "ROLE=role",
                                "MEMBERS=members",
                                "ID=id"));
    }

    @Command(
            name = "create",
            description = "Makes a group with you as its only member, an admin.",
            footer = "%nExample: parley group create team --description 'Who builds it'")
    int create(
            @Mixin Target target,
            @Parameters(paramLabel = "NAME", description = "1 to 64 characters") String name,
            @Option(names = "--description", paramLabel = "TEXT", description = "for the members")
                    @Nullable String description)
            throws CliException {
        Value.MapBuilder body = Value.map().put("name", name);
        if (description != null) {
            body.put("description", description);
        }
        return target.print(
                spec, target.client().post("/groups", body.build()), GroupCommands::describe);
    }

    @Command(
            name = "show",
            description = "How a group is, and how you stand to it.",
            footer = "%nExample: parley group show team")
    int show(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group)
            throws CliException {
        return target.print(spec, target.client().get(at(group, "")), GroupCommands::describe);
    }

    private static String describe(Value group) {
        return Table.card(
                group,
                "name=name",
                "description=description",
                "status=status",
                "role=role",
                "members=members",
                "epoch=epoch",
                "head=head",
                "since=since",
                "id=id");
    }

    @Command(
            name = "invite",
            description = {
                "Makes an invite for one agent and prints its link, as admin. Whoever has the link",
                "may join once, as member: pass it on by a way that you trust."
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
            name = "join",
            description = {
                "Joins a group by an invite. One of its admins has to be connected; without one it",
                "waits a minute, and then goes on by itself until the invite expires."
            },
            footer = "%nExample: parley group join parley://group/owEA…")
    int join(
            @Mixin Target target,
            @Parameters(paramLabel = "LINK", description = "what 'parley group invite' prints")
                    String link)
            throws CliException {
        Value joined;
        try (ProgressLine line =
                new ProgressLine(
                        spec.commandLine().getErr(), Boolean.getBoolean("parley.terminal"))) {
            joined =
                    target.client().stream(
                            "/groups/join",
                            Value.map().put("link", link).build(),
                            progress -> {
                                if (!target.json) {
                                    line.show(progress);
                                }
                            });
        }
        return target.print(spec, joined, GroupCommands::describe);
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

    @Command(
            name = "rename",
            description = "Gives a group another name, or another description, as admin.",
            footer = "%nExample: parley group rename team crew --description 'Who sails it'")
    int rename(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group,
            @Parameters(arity = "0..1", paramLabel = "NAME", description = "default: as it is")
                    @Nullable String name,
            @Option(names = "--description", paramLabel = "TEXT", description = "default: as it is")
                    @Nullable String description)
            throws CliException {
        Value.MapBuilder body = Value.map();
        if (name != null) {
            body.put("name", name);
        }
        if (description != null) {
            body.put("description", description);
        }
        return target.print(
                spec, target.client().patch(at(group, ""), body.build()), GroupCommands::describe);
    }

    @Command(
            name = "leave",
            description = "Leaves a group. The last member takes it along.",
            footer = "%nExample: parley group leave team")
    int leave(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group)
            throws CliException {
        return act(target, group, "/leave", "Left: ", "left");
    }

    @Command(
            name = "delete",
            description = "Ends a group for all its members, as admin; asks before.",
            footer = "%nExample: parley group delete team --yes")
    int delete(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group,
            @Option(
                            names = {"-y", "--yes"},
                            description = "do not ask")
                    boolean yes)
            throws CliException {
        Client client = target.client();
        if (!yes) {
            agree(target, client.get(at(group, "")));
        }
        return target.print(
                spec, client.delete(at(group, "")), it -> "Ended: " + Tree.text(it, "closed"));
    }

    private void agree(Target target, Value group) throws CliException {
        Console console = System.console();
        if (target.json || console == null) {
            throw new CliException(
                    CliException.FAILED,
                    "CONSENT_REQUIRED",
                    "this ends the group for all, and there is nobody to ask here",
                    "add --yes");
        }
        String answer =
                console.readLine(
                        "End %s for its %s members? [y/N] ",
                        Tree.text(group, "name"), Tree.text(group, "members"));
        if (answer == null || !answer.strip().equalsIgnoreCase("y")) {
            throw new CliException(
                    CliException.FAILED, "CONSENT_REFUSED", "the group was not ended", "");
        }
    }

    @Command(
            name = "forget",
            description =
                    "Removes a group that you are no more in from this disk, with what was said.",
            footer = "%nExample: parley group forget team")
    int forget(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group)
            throws CliException {
        return act(target, group, "/forget", "Forgotten: ", "forgotten");
    }

    @Command(
            name = "refresh",
            description =
                    "Makes new keys for you in a group, so that stolen ones are of no more use.",
            footer = "%nExample: parley group refresh team")
    int refresh(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group)
            throws CliException {
        return act(target, group, "/refresh", "New keys for ", "refreshed");
    }

    private int act(Target target, String group, String verb, String said, String what)
            throws CliException {
        return target.print(
                spec,
                target.client().post(at(group, verb), Value.map().build()),
                it -> said + Tree.text(it, what));
    }

    @Command(
            name = "send",
            description =
                    "Says something to those who are members now: a text, or what a file holds.",
            footer = "%nExample: parley group send team 'Lunch at noon'")
    int send(
            @Mixin Target target,
            @Parameters(index = "0", paramLabel = "GROUP", description = GROUP) String group,
            @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT") @Nullable String text,
            @Option(
                            names = "--file",
                            paramLabel = "FILE",
                            description = "its bytes, at most 32768, instead of a text")
                    @Nullable Path file,
            @Option(
                            names = "--type",
                            paramLabel = "TYPE",
                            description =
                                    "a media type; default text/plain, of a file"
                                            + " application/octet-stream")
                    @Nullable String type)
            throws CliException {
        if ((text == null) == (file == null)) {
            throw new CliException(
                    CliException.USAGE,
                    "ARGUMENTS_INVALID",
                    text == null ? "there is nothing to say" : "both a text and --file are given",
                    "give a text, or --file");
        }
        Value.MapBuilder body =
                file == null
                        ? Value.map().put("text", text == null ? "" : text)
                        : Value.map()
                                .put("content", base64(file))
                                .put("type", "application/octet-stream");
        if (type != null) {
            body.put("type", type);
        }
        return target.print(
                spec,
                target.client().post(at(group, "/messages"), body.build()),
                it -> "Sent: " + Tree.text(it, "message"));
    }

    private static String base64(Path file) throws CliException {
        try {
            return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new CliException(
                    CliException.USAGE, "NO_FILE", "cannot read " + file, "name a file");
        }
    }

    @Command(
            name = "read",
            description = {
                "What was said, in an order that is the same for all members; with --json in that in",
                "which it came here."
            },
            footer = "%nExample: parley group read team --last 50")
    int read(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group,
            @Option(
                            names = "--last",
                            paramLabel = "N",
                            description = "the newest, so many; default 20, at most 1000")
                    @Nullable Integer last,
            @Option(
                            names = "--after",
                            paramLabel = "SEQUENCE",
                            description = "instead all behind this one; 0 for all that is kept")
                    @Nullable Long after)
            throws CliException {
        Client client = target.client();
        if (after == null) {
            return target.print(
                    spec,
                    client.get(at(group, "/messages?last=" + (last == null ? 20 : last))),
                    GroupCommands::said);
        } else if (last != null) {
            throw new CliException(
                    CliException.USAGE,
                    "ARGUMENTS_INVALID",
                    "both --last and --after are given",
                    "give one of them");
        }
        List<Value> all = new ArrayList<>();
        for (List<Value> page = page(client, group, after);
                !page.isEmpty();
                page = page(client, group, sequence(all.get(all.size() - 1)))) {
            all.addAll(page);
        }
        return target.print(
                spec, Value.map().put("messages", Value.list(all)).build(), GroupCommands::said);
    }

    private static List<Value> page(Client client, String group, long after) throws CliException {
        return Tree.list(client.get(at(group, "/messages?limit=1000&after=" + after)), "messages");
    }

    private static long sequence(Value message) {
        return Tree.at(message, "sequence") instanceof Value.Int number ? number.value() : 0;
    }

    private static String said(Value messages) {
        List<Value> all = Tree.list(messages, "messages");
        return all.isEmpty()
                ? "Nothing is kept here."
                : String.join(
                        "\n",
                        all.stream()
                                .sorted(Comparator.comparing(it -> Tree.text(it, "order")))
                                .map(WatchedGroup::line)
                                .toList());
    }

    @Command(
            name = "watch",
            description = {
                "Prints what happens in a group as it happens; with --json one object a line. Goes",
                "on until it is ended."
            },
            footer = "%nExample: parley group watch team --json")
    int watch(
            @Mixin Target target,
            @Parameters(paramLabel = "GROUP", description = GROUP) String group,
            @Option(
                            names = "--since",
                            paramLabel = "SEQUENCE",
                            description = "also what was said behind this message; 0 for all")
                    @Nullable Long since,
            @Option(names = "--count", paramLabel = "N", description = "ends after so many")
                    @Nullable Long count)
            throws CliException {
        return new WatchedGroup(
                        spec.commandLine().getOut(),
                        spec.commandLine().getErr(),
                        target.json,
                        count)
                .follow(
                        target.client(),
                        at(group, "/events"),
                        since == null ? "" : Long.toString(since));
    }
}
