package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code parley group …}: private groups, whose messages only their members can read. All verbs of
 * a group of commands have to be methods of one object, so what is said and who is in it stand in
 * classes above this one.
 */
@Command(
        name = "group",
        addMethodSubcommands = false, // see Main.commands
        description =
                "Groups whose messages only their members can read; without a verb, lists them.",
        footer = "%nExample: parley group send team 'Lunch at noon'")
final class GroupCommands extends GroupMemberCommands implements Callable<Integer> {
    @Mixin Target own = new Target();

    @Override
    public Integer call() throws CliException {
        return list(own);
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
            name = "join",
            description = {
                "Joins a group by an invite.",
                "One of its admins has to be connected; without one it waits a minute, and then goes",
                "on by itself until the invite expires."
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
            description = {"Leaves a group.", "The last member takes it along."},
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
        Consent consent = Consent.of(target, "this ends the group for all", "add --yes");
        consent.ask(
                "End "
                        + Tree.text(group, "name")
                        + " for its "
                        + Tree.text(group, "members")
                        + " members?",
                "the group was not ended");
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
}
