package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parley doc …}: texts in a store, which several may edit at once. */
@Command(
        name = "doc",
        addMethodSubcommands = false, // see Main.commands
        description = "Texts in a store, which several may edit at the same time.",
        footer = "%nExample: parley doc edit notes /readme")
final class DocCommands implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Mixin Target own = new Target();

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return CliException.USAGE;
    }

    private static String at(String store, String rest) {
        return "/stores/" + Paths.word(store) + rest;
    }

    private static Value read(Client client, String store, String path) throws CliException {
        return client.get(at(store, "/value?path=" + Paths.word(path)));
    }

    /** The text there; empty if nothing is there, and refused if it is something else. */
    private static String text(Value found, String path) throws CliException {
        Value value =
                Tree.text(found, "type").equals("text")
                        ? Tree.at(found, "value")
                        : Tree.at(Tree.at(found, "objects"), "text");
        if (value instanceof Value.Text text) {
            return text.value();
        }
        if (Tree.at(found, "found").equals(Value.TRUE)) {
            throw new CliException(
                    CliException.FAILED,
                    "INVALID",
                    "at " + path + " is a " + Tree.text(found, "type") + ", expected a text",
                    "'parley store get' shows it");
        }
        return "";
    }

    @Command(
            name = "show",
            description = "Prints a text; its last line is ended if it is not.",
            footer = "%nExample: parley doc show notes /readme")
    int show(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "PATH") String path,
            @Mixin StoreWriteCommands.Version version)
            throws CliException {
        Value found =
                target.client().get(at(store, "/value?path=" + Paths.word(path) + version.and()));
        String text = text(found, path);
        String lines = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        return target.print(spec, found, it -> lines); // which ends the last line
    }

    @Command(
            name = "blame",
            description = "Who wrote what of each line of a text last.",
            footer = "%nExample: parley doc blame notes /readme")
    int blame(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "PATH") String path,
            @Mixin StoreWriteCommands.Version version)
            throws CliException {
        return target.print(
                spec,
                target.client().get(at(store, "/blame?path=" + Paths.word(path) + version.and())),
                BlameLines::of);
    }

    @Command(
            name = "edit",
            description = {
                "Opens a text in $EDITOR and merges what was changed in it.",
                "What others change meanwhile stays."
            },
            footer = "%nExample: EDITOR=nano parley doc edit notes /readme")
    int edit(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "PATH") String path,
            @Option(names = "--message", paramLabel = "TEXT", description = "what for")
                    @Nullable String message)
            throws CliException {
        Client client = target.client();
        Value found = read(client, store, path);
        String before = text(found, path);
        return Editor.ofUser()
                .edit(
                        before,
                        after -> save(target, client, store, path, found, before, after, message));
    }

    @Command(
            name = "write",
            description = "Makes a text of what a file holds, as the fewest changes.",
            footer = "%nExample: parley doc write notes /readme README.md")
    int write(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "PATH") String path,
            @Parameters(paramLabel = "FILE", description = "a file, or - for the standard input")
                    String file,
            @Option(names = "--message", paramLabel = "TEXT", description = "what for")
                    @Nullable String message)
            throws CliException {
        Client client = target.client();
        Value found = read(client, store, path);
        String after;
        try {
            after =
                    file.equals("-")
                            ? Editor.text(System.in.readAllBytes(), "the standard input")
                            : Editor.text(Files.readAllBytes(Path.of(file)), file);
        } catch (IOException e) {
            throw new CliException(
                    CliException.USAGE,
                    "NO_FILE",
                    "cannot read " + file + ": " + e.getMessage(),
                    "");
        }
        return save(target, client, store, path, found, text(found, path), after, message);
    }

    private int save(
            Target target,
            Client client,
            String store,
            String path,
            Value found,
            String before,
            String after,
            @Nullable String message)
            throws CliException {
        if (after.equals(before)) {
            return target.print(
                    spec, Value.map().put("changed", false).build(), it -> "Nothing was changed.");
        }
        List<String> heads = new ArrayList<>();
        for (Value head : Tree.list(found, "heads")) {
            heads.add(head instanceof Value.Text text ? text.value() : "");
        }
        Value.MapBuilder body =
                Value.map()
                        .put("path", path)
                        .put("text", after)
                        .put("base", String.join(",", heads));
        if (message == null) {
            body.put("undoable", true);
        } else {
            body.put("message", message);
        }
        return target.print(
                spec,
                client.post(at(store, "/text"), body.build()),
                it -> "Written: change " + Tree.text(it, "change"));
    }
}
