package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The verbs of {@code parley group} that say and read. */
abstract class GroupTalkCommands {
    static final String GROUP = "a group's name, or the first digits of its id";

    @Spec CommandSpec spec = CommandSpec.create();

    static String at(String group, String rest) {
        return "/groups/" + Paths.word(group) + rest;
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
                "What was said, in an order that is the same for all members.",
                "With --json in the order in which it came here."
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
                    GroupTalkCommands::said);
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
                spec,
                Value.map().put("messages", Value.list(all)).build(),
                GroupTalkCommands::said);
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
                                .map(GroupLine::message)
                                .toList());
    }

    @Command(
            name = "watch",
            description = {
                "Prints what happens in a group as it happens.",
                "Goes on until it is ended; with --json one object a line."
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
        String from = since == null ? null : Long.toString(since);
        return target.follow(spec, at(group, "/events"), from, count, GroupLine::of);
    }
}
