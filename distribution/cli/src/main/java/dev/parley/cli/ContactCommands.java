package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parley contacts …}: whom this container trusts, and how far. */
@Command(
        name = "contacts",
        addMethodSubcommands = false, // see Main.commands
        description = "Whom this container trusts; without a verb, lists them.",
        footer = "%nExample: parley contacts set bob trusted")
final class ContactCommands implements java.util.concurrent.Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Mixin Target own = new Target();

    @Override
    public Integer call() throws CliException {
        return list(own);
    }

    @Command(
            name = "list",
            description = "The contacts.",
            footer = "%nExample: parley contacts list")
    int list(@Mixin Target target) throws CliException {
        return target.print(
                spec,
                target.client().get("/contacts"),
                it ->
                        Table.of(
                                Tree.list(it, "contacts"),
                                "No contacts.",
                                "NAME=name",
                                "LEVEL=level",
                                "WORDS=words",
                                "AGENT=agent"));
    }

    @Command(
            name = "add",
            description = "Adds the agent of a card, given as text or as a file.",
            footer = "%nExample: parley contacts add alice.card")
    int add(
            @Mixin Target target,
            @Parameters(
                            paramLabel = "CARD",
                            description = "what 'parley card' prints, or a file with it")
                    String card)
            throws CliException {
        String text = card;
        if (!card.startsWith("parley://")) {
            try {
                text = Files.readString(Path.of(card)).strip();
            } catch (IOException e) {
                throw new CliException(
                        CliException.USAGE,
                        "NO_CARD",
                        "cannot read the card from " + card,
                        "give the text that 'parley card' prints, or a file with it");
            }
        }
        return target.print(
                spec,
                target.client().post("/cards/import", Value.map().put("card", text).build()),
                it -> describe(Tree.at(it, "contact")));
    }

    @Command(
            name = "set",
            description = "Changes a contact: its level, its name, its machines.",
            footer = "%nExample: parley contacts set bob blocked")
    int set(
            @Mixin Target target,
            @Parameters(
                            index = "0",
                            paramLabel = "AGENT",
                            description = "hex, its start, or a name")
                    String agent,
            @Parameters(
                            index = "1",
                            arity = "0..1",
                            paramLabel = "LEVEL",
                            description = "blocked, unknown, known or trusted")
                    @Nullable String level,
            @Option(names = "--call", paramLabel = "NAME", description = "what you call it")
                    @Nullable String called,
            @Option(
                            names = "--pin",
                            paramLabel = "MACHINE",
                            description = "it speaks from here only")
                    @Nullable List<String> pins,
            @Option(names = "--unpin", description = "it may speak from any machine") boolean unpin)
            throws CliException {
        Value.MapBuilder body = Value.map();
        if (level != null) {
            body.put("level", level);
        }
        if (called != null) {
            body.put("name", called);
        }
        if (pins != null || unpin) {
            body.put("pins", Value.texts(pins == null ? List.of() : pins));
        }
        return target.print(
                spec,
                target.client().patch("/contacts/" + Paths.word(agent), body.build()),
                ContactCommands::describe);
    }

    @Command(
            name = "remove",
            description = "Forgets a contact.",
            footer = "%nExample: parley contacts remove bob")
    int remove(
            @Mixin Target target,
            @Parameters(paramLabel = "AGENT", description = "hex, its start, or a name")
                    String agent)
            throws CliException {
        return target.print(
                spec,
                target.client().delete("/contacts/" + Paths.word(agent)),
                it -> "Forgotten: " + Tree.text(it, "removed"));
    }

    private static String describe(Value contact) {
        return Table.card(
                contact, "name=name", "level=level", "words=words", "agent=agent", "pins=pins");
    }
}
