package dev.parley.cli;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parley store …}: data that several containers share. */
@Command(
        name = "store",
        addMethodSubcommands = false, // see Main.commands
        description = "Data that several containers share; without a verb, lists the stores.",
        footer = "%nExample: parley store set notes /title 'Shopping'")
final class StoreCommands implements Callable<Integer> {
    private static final int MAX_JSON_BYTES = 1 << 20;

    @Spec CommandSpec spec = CommandSpec.create();

    @Mixin Target own = new Target();

    /** The options of every write. */
    static final class Writing {
        @Option(names = "--branch", paramLabel = "NAME", description = "default: the main line")
        @Nullable String branch;

        @Option(
                names = "--message",
                paramLabel = "TEXT",
                description = "what for; makes it a change of its own")
        @Nullable String message;

        Value.MapBuilder body(String path) {
            Value.MapBuilder body = Value.map().put("path", path);
            if (branch != null) {
                body.put("branch", branch);
            }
            if (message != null) {
                body.put("message", message);
            }
            return body;
        }
    }

    @Override
    public Integer call() throws CliException {
        return list(own);
    }

    private static String at(String store, String rest) {
        return "/stores/" + Paths.word(store) + rest;
    }

    private int written(Target target, String store, String verb, Value.MapBuilder body)
            throws CliException {
        return target.print(
                spec,
                target.client().post(at(store, "/" + verb), body.build()),
                it -> "Written: change " + Tree.text(it, "change"));
    }

    /** JSON where it is JSON, otherwise text. */
    static Value value(String given, boolean text) {
        if (!text) {
            try {
                return Json.parse(given, MAX_JSON_BYTES);
            } catch (MalformedException e) {
                return Value.of(given);
            }
        }
        return Value.of(given);
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
                                Tree.list(it, "stores"),
                                "No stores. 'parley store create' makes one.",
                                "NAME=name",
                                "MODE=mode",
                                "ROLE=role",
                                "CHANGES=changes",
                                "ID=id"));
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
            @Option(names = "--branch", paramLabel = "NAME", description = "default: the main line")
                    @Nullable String branch)
            throws CliException {
        Client client = target.client();
        Value info = client.get(at(store, ""));
        Value content =
                client.get(
                        at(store, "/value")
                                + (branch == null ? "" : "?branch=" + Paths.word(branch)));
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
            @Option(names = "--branch", paramLabel = "NAME", description = "default: the main line")
                    @Nullable String branch,
            @Option(
                            names = "--at",
                            paramLabel = "CHANGE",
                            description = "as it was with these changes; see the log")
                    @Nullable String at)
            throws CliException {
        Value found =
                target.client()
                        .get(
                                at(store, "/value?path=" + Paths.word(path))
                                        + (branch == null ? "" : "&branch=" + Paths.word(branch))
                                        + (at == null ? "" : "&at=" + Paths.word(at)));
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
            name = "set",
            description = "Puts a value at a place: JSON, or text if it is no JSON.",
            footer = "%nExample: parley store set notes /title 'Shopping'")
    int set(
            @Mixin Target target,
            @Mixin Writing writing,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "PATH") String path,
            @Parameters(paramLabel = "VALUE") String value,
            @Option(names = "--text", description = "take it as text even if it is JSON")
                    boolean text,
            @Option(
                            names = "--type",
                            paramLabel = "TYPE",
                            description =
                                    "register (the default), multi-register, flag-enable-wins or"
                                            + " flag-disable-wins")
                    @Nullable String type)
            throws CliException {
        Value.MapBuilder body = writing.body(path).put("value", value(value, text));
        if (type != null) {
            body.put("type", type);
        }
        return written(target, store, "put", body);
    }

    @Command(
            name = "delete",
            description = "Forgets what is at a place.",
            footer = "%nExample: parley store delete notes /title")
    int delete(
            @Mixin Target target,
            @Mixin Writing writing,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "PATH") String path)
            throws CliException {
        return written(target, store, "delete", writing.body(path));
    }

    @Command(
            name = "add",
            description = "Adds a value to the set at a place.",
            footer = "%nExample: parley store add notes /tags urgent")
    int add(
            @Mixin Target target,
            @Mixin Writing writing,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "PATH") String path,
            @Parameters(paramLabel = "VALUE") String value,
            @Option(names = "--text", description = "take it as text even if it is JSON")
                    boolean text)
            throws CliException {
        return written(target, store, "add", writing.body(path).put("value", value(value, text)));
    }

    @Command(
            name = "remove",
            description = "Removes a value of the set at a place.",
            footer = "%nExample: parley store remove notes /tags urgent")
    int remove(
            @Mixin Target target,
            @Mixin Writing writing,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "PATH") String path,
            @Parameters(paramLabel = "VALUE") String value,
            @Option(names = "--text", description = "take it as text even if it is JSON")
                    boolean text)
            throws CliException {
        return written(
                target, store, "remove", writing.body(path).put("value", value(value, text)));
    }

    @Command(
            name = "increment",
            description = "Adds to the counter at a place.",
            footer = "%nExample: parley store increment notes /stats/visits 5")
    int increment(
            @Mixin Target target,
            @Mixin Writing writing,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "PATH") String path,
            @Parameters(
                            arity = "0..1",
                            paramLabel = "BY",
                            defaultValue = "1",
                            description = "default: 1; a negative one after --")
                    long by)
            throws CliException {
        return written(target, store, "increment", writing.body(path).put("by", by));
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

    @Command(
            name = "log",
            description = "The latest changes of a store, newest first.",
            footer = "%nExample: parley store log notes --limit 10")
    int log(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Option(names = "--limit", paramLabel = "N", defaultValue = "20") int limit)
            throws CliException {
        return target.print(
                spec,
                target.client().get(at(store, "/log?limit=" + limit)),
                it ->
                        Table.of(
                                Tree.list(it, "changes"),
                                "No changes.",
                                "TIME=time",
                                "AUTHOR=authorWords",
                                "BRANCH=branch",
                                "OPERATIONS=operations",
                                "VOID=void",
                                "MESSAGE=message",
                                "CHANGE=id"));
    }

    @Command(
            name = "branches",
            description = "The branches of a store; the first one is the main line.",
            footer = "%nExample: parley store branches notes")
    int branches(@Mixin Target target, @Parameters(paramLabel = "STORE") String store)
            throws CliException {
        return target.print(
                spec,
                target.client().get(at(store, "/branches")),
                it ->
                        Table.of(
                                Tree.list(it, "branches"),
                                "No branches.",
                                "NAME=name",
                                "HEADS=heads"));
    }

    @Command(
            name = "merge",
            description = "Brings all of a branch into the main line, or into another branch.",
            footer = "%nExample: parley store merge notes draft --message 'Take the draft'")
    int merge(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "FROM") String from,
            @Option(names = "--into", paramLabel = "NAME", description = "default: the main line")
                    @Nullable String into,
            @Option(names = "--message", paramLabel = "TEXT", description = "what for")
                    @Nullable String message)
            throws CliException {
        Value.MapBuilder body =
                Value.map()
                        .put("from", from)
                        .put("into", into == null ? "" : into)
                        .put("message", message == null ? "" : message);
        return written(target, store, "merge", body);
    }

    private static String describe(Value store) {
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
                "damage=damage",
                "link=link");
    }
}
