package dev.parley.cli;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code parley store …}: data that several containers share. All verbs of a group have to be
 * methods of one object, so what writes and what is about the past stand in classes above this one.
 */
@Command(
        name = "store",
        addMethodSubcommands = false, // see Main.commands
        description = "Data that several containers share; without a verb, lists the stores.",
        footer = "%nExample: parley store set notes /title 'Shopping'")
final class StoreCommands extends StoreSealCommands implements Callable<Integer> {
    @Mixin Target own = new Target();

    @Override
    public Integer call() throws CliException {
        return list(own);
    }

    @Command(
            name = "list",
            description = "The stores that this container follows.",
            footer = "%nExample: parley store list")
    int list(@Mixin Target target) throws CliException {
        return target.print(
                spec,
                target.client().get("/stores"),
                it ->
                        Table.of(
                                Tree.list(it, "stores").stream()
                                        .map(StoreCommands::withFault)
                                        .toList(),
                                "No stores. 'parley store create' makes one.",
                                "NAME=name",
                                "MODE=mode",
                                "ROLE=role",
                                "CHANGES=changes",
                                "ID=id",
                                "FAULT=fault"));
    }

    /** A word for the list; {@link #describe} has the whole story. */
    private static Value withFault(Value store) {
        String fault = Tree.list(store, "forked").isEmpty() ? "" : "forked";
        Value.MapBuilder row = Value.map();
        for (String name : List.of("name", "mode", "role", "changes", "id")) {
            row.put(name, Tree.at(store, name));
        }
        return row.put("fault", Tree.text(store, "damage").isEmpty() ? fault : "damaged").build();
    }

    @Command(
            name = "create",
            description = "Makes a store that this container's agent owns.",
            footer = "%nExample: parley store create notes --mode open")
    int create(
            @Mixin Target target,
            @Parameters(paramLabel = "NAME") String name,
            @Option(
                            names = "--mode",
                            paramLabel = "MODE",
                            description =
                                    "owned: only you write; shared (the default): whom you give the"
                                            + " role; open: everybody in the network")
                    @Nullable String mode,
            @Option(names = "--append-only", description = "what is in it stays for ever")
                    boolean appendOnly)
            throws CliException {
        Value.MapBuilder body = Value.map().put("name", name).put("appendOnly", appendOnly);
        if (mode != null) {
            body.put("mode", mode);
        }
        return target.print(
                spec, target.client().post("/stores", body.build()), StoreCommands::describe);
    }

    @Command(
            name = "join",
            description = "Follows a store, by its link or its id.",
            footer = "%nExample: parley store join parley-store:AQtw…")
    int join(@Mixin Target target, @Parameters(paramLabel = "LINK") String link)
            throws CliException {
        return target.print(
                spec,
                target.client().post("/stores/join", Value.map().put("link", link).build()),
                StoreCommands::describe);
    }

    @Command(
            name = "leave",
            description = "Follows a store no more and removes it from this disk; others keep it.",
            footer = "%nExample: parley store leave notes")
    int leave(@Mixin Target target, @Parameters(paramLabel = "STORE") String store)
            throws CliException {
        return target.print(
                spec,
                target.client().delete(at(store, "")),
                it -> "Left: " + Tree.text(it, "left"));
    }

    @Command(
            name = "compact",
            description = {
                "Gives up old history, if more than half of the admins agree.",
                "Old is what everybody who writes has acknowledged.",
                "What is in the store stays as it is. Says who still has to acknowledge or agree."
            },
            footer = "%nExample: parley store compact notes")
    int compact(@Mixin Target target, @Parameters(paramLabel = "STORE") String store)
            throws CliException {
        return target.print(
                spec,
                target.client().post(at(store, "/compact"), Value.map().build()),
                StoreCommands::compacted);
    }

    private static String compacted(Value it) {
        StringBuilder told = new StringBuilder();
        told.append(Tree.text(it, "givenUp")).append(" changes given up, ");
        told.append(Tree.text(it, "kept")).append(" kept");
        if (!Tree.text(it, "why").isEmpty()) {
            told.append("; nothing more now: ").append(Tree.text(it, "why"));
        }
        for (Value agent : Tree.list(it, "notAcknowledged")) {
            told.append("\nnot acknowledged: ").append(Tree.text(agent, "agent"));
        }
        for (Value agent : Tree.list(it, "notApproved")) {
            told.append("\nnot signed: ").append(Tree.text(agent, "agent"));
        }
        return told.toString();
    }

    @Command(
            name = "link",
            description = "The text with which others join a store.",
            footer = "%nExample: parley store link notes")
    int link(@Mixin Target target, @Parameters(paramLabel = "STORE") String store)
            throws CliException {
        return target.print(spec, target.client().get(at(store, "")), it -> Tree.text(it, "link"));
    }

    @Command(
            name = "show",
            description = "How a store is, and all that is in it.",
            footer = "%nExample: parley store show notes")
    int show(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Mixin Version version)
            throws CliException {
        Client client = target.client();
        Value info = client.get(at(store, ""));
        Value content = client.get(at(store, "/value?path=/" + version.and()));
        Value both = Value.map().put("store", info).put("value", Tree.at(content, "value")).build();
        return target.print(
                spec, both, it -> describe(info) + "\n" + Json.pretty(Tree.at(content, "value")));
    }

    @Command(
            name = "get",
            description = "What is at a place of a store.",
            footer = "%nExample: parley store get notes /title")
    int get(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "PATH") String path,
            @Mixin Version version)
            throws CliException {
        Value found =
                target.client().get(at(store, "/value?path=" + Paths.word(path) + version.and()));
        if (Tree.at(found, "found").equals(Value.FALSE)) {
            throw new CliException(
                    CliException.FAILED,
                    "NOT_FOUND",
                    "nothing is at " + path,
                    "'parley store show' shows all that is there");
        }
        return target.print(
                spec,
                found,
                it -> {
                    Value value = Tree.at(it, "value");
                    return value instanceof Value.Text
                            ? Tree.text(it, "value")
                            : Json.pretty(value);
                });
    }

    @Command(
            name = "members",
            description = "Who may do what in a store.",
            footer = "%nExample: parley store members notes")
    int members(@Mixin Target target, @Parameters(paramLabel = "STORE") String store)
            throws CliException {
        return target.print(
                spec,
                target.client().get(at(store, "/members")),
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
            name = "grant",
            description = "Gives an agent a role in a store.",
            footer = "%nExample: parley store grant notes bob writer")
    int grant(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "AGENT", description = "hex, its start, or a contact's name")
                    String agent,
            @Parameters(paramLabel = "ROLE", description = "reader, writer or admin") String role)
            throws CliException {
        return target.print(
                spec,
                target.client()
                        .post(
                                at(store, "/members"),
                                Value.map().put("agent", agent).put("role", role).build()),
                it -> Tree.text(it, "agent") + " is now " + Tree.text(it, "role") + ".");
    }

    @Command(
            name = "revoke",
            description = "Takes an agent's role in a store; what it wrote stays.",
            footer = "%nExample: parley store revoke notes bob")
    int revoke(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "AGENT", description = "hex, its start, or a contact's name")
                    String agent)
            throws CliException {
        return grant(target, store, agent, "none");
    }

    private static String describe(Value store) {
        List<String> forked = new ArrayList<>();
        for (Value agent : Tree.list(store, "forked")) {
            forked.add(agent instanceof Value.Text text ? text.value() : "");
        }
        boolean isAhead = Tree.at(store, "parked") instanceof Value.Int it && it.value() > 0;
        return card(store)
                + (isAhead
                        ? "\nparked       "
                                + Tree.text(store, "parked")
                                + " changes come from clocks that are ahead of this one, or this"
                                + " one is late; they count when their time has come"
                        : "")
                + (forked.isEmpty()
                        ? ""
                        : "\nforked       "
                                + String.join(", ", forked)
                                + ": wrote two things under one number. Both are kept. It runs in"
                                + " two containers, or its folder was put back from a copy");
    }

    private static String card(Value store) {
        return Table.card(
                store,
                "name=name",
                "id=id",
                "mode=mode",
                "append-only=appendOnly",
                "owner=owner",
                "role=role",
                "changes=changes",
                "waiting=waiting",
                "hash=hash",
                "obstacle=obstacle",
                "damage=damage",
                "link=link");
    }
}
