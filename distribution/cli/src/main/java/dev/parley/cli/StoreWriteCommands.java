package dev.parley.cli;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What writes at a place of a store. */
abstract class StoreWriteCommands {
    private static final int MAX_JSON_BYTES = 1 << 20;

    @Spec CommandSpec spec = CommandSpec.create();

    /** The options of every write. */
    static final class Writing {
        @Option(names = "--branch", paramLabel = "NAME", description = "default: the main line")
        @Nullable String branch;

        @Option(
                names = "--message",
                paramLabel = "TEXT",
                description = "what for; makes it a change of its own")
        @Nullable String message;

        /** Of a write that may become one change with others. */
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

        /** Of a write that is a change of its own, so that 'undo' takes it back alone. */
        Value.MapBuilder undoable(String path) {
            Value.MapBuilder body = body(path);
            return branch == null && message == null ? body.put("undoable", true) : body;
        }
    }

    /** Which store, and where in it. */
    static final class Place {
        @Parameters(index = "0", paramLabel = "STORE")
        String store = "";

        @Parameters(index = "1", paramLabel = "PATH")
        String path = "";
    }

    /** How a value is meant. */
    static final class AsText {
        @Option(names = "--text", description = "take it as text even if it is JSON")
        boolean text;

        Value value(String given) {
            return StoreWriteCommands.value(given, text);
        }
    }

    /** Which of the sets that may be at a place. */
    static final class SetKind {
        @Option(names = "--remove-wins", description = "a set where a removal wins")
        boolean removeWins;

        Value.MapBuilder in(Value.MapBuilder body) {
            return removeWins ? body.put("type", "set-remove-wins") : body;
        }
    }

    /** The option of every write whose value can be sealed. */
    static final class Sealing {
        @Option(
                names = "--seal",
                paramLabel = "LABEL",
                description = "so that 'expunge' can destroy it; the label stays here")
        @Nullable String label;

        Value.MapBuilder into(Value.MapBuilder body) {
            return label == null ? body : body.put("seal", label);
        }
    }

    /** Which version a command looks at. */
    static final class Version {
        @Option(names = "--branch", paramLabel = "NAME", description = "default: the main line")
        @Nullable String branch;

        @Option(
                names = "--at",
                paramLabel = "VERSION",
                description =
                        "as it was: a tag, a branch, or changes by their first digits, with commas")
        @Nullable String at;

        /** To stand behind other words of a query. */
        String and() {
            return (branch == null ? "" : "&branch=" + Paths.word(branch))
                    + (at == null ? "" : "&at=" + Paths.word(at));
        }
    }

    static String at(String store, String rest) {
        return "/stores/" + Paths.word(store) + rest;
    }

    int written(Target target, String store, String verb, Value.MapBuilder body)
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
            name = "set",
            description = "Puts a value at a place: JSON, or text if it is no JSON.",
            footer = "%nExample: parley store set notes /title 'Shopping'")
    int set(
            @Mixin Target target,
            @Mixin Place place,
            @Mixin Writing writing,
            @Mixin Sealing sealing,
            @Parameters(index = "2", paramLabel = "VALUE") String value,
            @Mixin AsText text,
            @Option(
                            names = "--type",
                            paramLabel = "TYPE",
                            description =
                                    "register (the default), multi-register, flag-enable-wins or"
                                            + " flag-disable-wins")
                    @Nullable String type)
            throws CliException {
        Value.MapBuilder body =
                sealing.into(writing.undoable(place.path).put("value", text.value(value)));
        if (type != null) {
            body.put("type", type);
        }
        return written(target, place.store, "put", body);
    }

    @Command(
            name = "delete",
            description = "Forgets what is at a place.",
            footer = "%nExample: parley store delete notes /title")
    int delete(@Mixin Target target, @Mixin Place place, @Mixin Writing writing)
            throws CliException {
        return written(target, place.store, "delete", writing.undoable(place.path));
    }

    @Command(
            name = "add",
            description = "Adds a value to the set at a place.",
            footer = "%nExample: parley store add notes /tags urgent")
    int add(
            @Mixin Target target,
            @Mixin Place place,
            @Mixin Writing writing,
            @Mixin Sealing sealing,
            @Parameters(index = "2", paramLabel = "VALUE") String value,
            @Mixin AsText text,
            @Mixin SetKind kind)
            throws CliException {
        Value.MapBuilder body =
                sealing.into(writing.undoable(place.path).put("value", text.value(value)));
        return written(target, place.store, "add", kind.in(body));
    }

    @Command(
            name = "remove",
            description = "Removes a value of the set at a place.",
            footer = "%nExample: parley store remove notes /tags urgent")
    int remove(
            @Mixin Target target,
            @Mixin Place place,
            @Mixin Writing writing,
            @Parameters(index = "2", paramLabel = "VALUE") String value,
            @Mixin AsText text,
            @Mixin SetKind kind)
            throws CliException {
        Value.MapBuilder body = writing.undoable(place.path).put("value", text.value(value));
        return written(target, place.store, "remove", kind.in(body));
    }

    @Command(
            name = "increment",
            description = "Adds to the counter at a place.",
            footer = "%nExample: parley store increment notes /stats/visits 5")
    int increment(
            @Mixin Target target,
            @Mixin Place place,
            @Mixin Writing writing,
            @Parameters(
                            index = "2",
                            arity = "0..1",
                            paramLabel = "BY",
                            defaultValue = "1",
                            description = "default: 1; a negative one after --")
                    long by)
            throws CliException {
        return written(
                target, place.store, "increment", writing.undoable(place.path).put("by", by));
    }

    @Command(
            name = "flag",
            description = "Sets the flag at a place: true or false.",
            footer = "%nExample: parley store flag notes /done true")
    int flag(
            @Mixin Target target,
            @Mixin Place place,
            @Mixin Writing writing,
            @Parameters(
                            index = "2",
                            paramLabel = "VALUE",
                            description = "true or false",
                            arity = "1")
                    boolean value,
            @Option(
                            names = "--disable-wins",
                            description = "of two who set it at the same time, false wins")
                    boolean disableWins)
            throws CliException {
        return written(
                target,
                place.store,
                "put",
                writing.undoable(place.path)
                        .put("value", value)
                        .put("type", disableWins ? "flag-disable-wins" : "flag-enable-wins"));
    }

    @Command(
            name = "items",
            description = "The elements of the list at a place, with their ids.",
            footer = "%nExample: parley store items notes /steps")
    int items(@Mixin Target target, @Mixin Place place, @Mixin Version version)
            throws CliException {
        return target.print(
                spec,
                target.client()
                        .get(
                                at(
                                        place.store,
                                        "/items?path=" + Paths.word(place.path) + version.and())),
                it ->
                        Table.of(
                                Tree.list(it, "items"),
                                "No list with elements is there.",
                                "INDEX=index",
                                "VALUE=value",
                                "ID=id"));
    }

    @Command(
            name = "insert",
            description = "Puts a value into the list at a place, at its end if no index is given.",
            footer = "%nExample: parley store insert notes /steps 'Boil water' --index 0")
    int insert(
            @Mixin Target target,
            @Mixin Place place,
            @Mixin Writing writing,
            @Mixin Sealing sealing,
            @Parameters(index = "2", paramLabel = "VALUE") String value,
            @Mixin AsText text,
            @Option(names = "--index", paramLabel = "N", description = "how many come before it")
                    @Nullable Long index)
            throws CliException {
        Value.MapBuilder body =
                sealing.into(writing.undoable(place.path).put("value", text.value(value)));
        if (index != null) {
            body.put("index", index);
        }
        return written(target, place.store, "insert", body);
    }

    @Command(
            name = "move",
            description = "Moves an element of the list at a place.",
            footer = "%nExample: parley store move notes /steps 3 0")
    int move(
            @Mixin Target target,
            @Mixin Place place,
            @Mixin Writing writing,
            @Parameters(
                            index = "2",
                            paramLabel = "ELEMENT",
                            description = "index, id or the id's start")
                    String element,
            @Parameters(index = "3", paramLabel = "TO", description = "the index it has afterwards")
                    long to)
            throws CliException {
        return written(
                target,
                place.store,
                "move",
                writing.undoable(place.path).put("element", element).put("to", to));
    }

    @Command(
            name = "replace",
            description = "Gives an element of the list at a place another value.",
            footer = "%nExample: parley store replace notes /steps 0 'Boil a litre of water'")
    int replace(
            @Mixin Target target,
            @Mixin Place place,
            @Mixin Writing writing,
            @Mixin Sealing sealing,
            @Parameters(
                            index = "2",
                            paramLabel = "ELEMENT",
                            description = "index, id or the id's start")
                    String element,
            @Parameters(index = "3", paramLabel = "VALUE") String value,
            @Mixin AsText text)
            throws CliException {
        return written(
                target,
                place.store,
                "replace",
                sealing.into(
                        writing.undoable(place.path)
                                .put("element", element)
                                .put("value", text.value(value))));
    }

    @Command(
            name = "drop",
            description = "Takes an element out of the list at a place.",
            footer = "%nExample: parley store drop notes /steps 0")
    int drop(
            @Mixin Target target,
            @Mixin Place place,
            @Mixin Writing writing,
            @Parameters(
                            index = "2",
                            paramLabel = "ELEMENT",
                            description = "index, id or the id's start")
                    String element)
            throws CliException {
        return written(
                target, place.store, "drop", writing.undoable(place.path).put("element", element));
    }

    @Command(
            name = "shares",
            description = "Who has how much of the escrow counter at a place.",
            footer = "%nExample: parley store shares notes /budget")
    int shares(@Mixin Target target, @Mixin Place place, @Mixin Version version)
            throws CliException {
        return target.print(
                spec,
                target.client()
                        .get(
                                at(
                                        place.store,
                                        "/shares?path=" + Paths.word(place.path) + version.and())),
                it ->
                        Table.of(
                                        Tree.list(it, "shares"),
                                        "Nobody has a share.",
                                        "AMOUNT=amount",
                                        "OWN=own",
                                        "NAME=name",
                                        "AGENT=agent")
                                + "\nTotal "
                                + Tree.text(it, "total"));
    }

    @Command(
            name = "mint",
            description = "Adds to this agent's share of the escrow counter at a place.",
            footer = "%nExample: parley store mint notes /budget 100")
    int mint(
            @Mixin Target target,
            @Mixin Place place,
            @Mixin Writing writing,
            @Parameters(index = "2", paramLabel = "AMOUNT", description = "1 or more") long amount)
            throws CliException {
        return written(target, place.store, "mint", writing.body(place.path).put("amount", amount));
    }

    @Command(
            name = "spend",
            description = {
                "Takes from this agent's share of the escrow counter at a place.",
                "It takes no more than the share has, so the counter never goes below zero."
            },
            footer = "%nExample: parley store spend notes /budget 30")
    int spend(
            @Mixin Target target,
            @Mixin Place place,
            @Mixin Writing writing,
            @Parameters(index = "2", paramLabel = "AMOUNT", description = "1 or more") long amount)
            throws CliException {
        return written(
                target, place.store, "spend", writing.body(place.path).put("amount", amount));
    }

    @Command(
            name = "transfer",
            description = "Gives of this agent's share of the escrow counter to another agent.",
            footer = "%nExample: parley store transfer notes /budget bob 50")
    int transfer(
            @Mixin Target target,
            @Mixin Place place,
            @Mixin Writing writing,
            @Parameters(
                            index = "2",
                            paramLabel = "AGENT",
                            description = "hex, its start, or a contact's name")
                    String agent,
            @Parameters(index = "3", paramLabel = "AMOUNT", description = "1 or more") long amount)
            throws CliException {
        return written(
                target,
                place.store,
                "transfer",
                writing.body(place.path).put("to", agent).put("amount", amount));
    }
}
