package dev.parley.shell.internal;

import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.Operations;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.nio.file.Path;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The verbs of the {@code parley} command in Gogo, for example {@code parley:plugins search hello}.
 * Each calls the operation of the same meaning and gives out its answer as JSON; Gogo prints it.
 */
@Component(
        service = ParleyCommands.class,
        property = {
            "osgi.command.scope=parley",
            "osgi.command.function=status",
            "osgi.command.function=peers",
            "osgi.command.function=contacts",
            "osgi.command.function=card",
            "osgi.command.function=plugins",
            "osgi.command.function=tools",
            "osgi.command.function=call",
            "osgi.command.function=store",
            "osgi.command.function=doc",
            "osgi.command.function=task",
            "osgi.command.function=log",
            "osgi.command.function=doctor",
            "osgi.command.function=down"
        })
public final class ParleyCommands {
    private static final int MAX_JSON_BYTES = 1 << 20;

    private final Operations operations;

    @Activate
    public ParleyCommands(@Reference Operations operations) {
        this.operations = operations;
    }

    public String status() {
        return ask("status", Value.map());
    }

    public String card() {
        return ask("card", Value.map());
    }

    public String doctor() {
        return ask("doctor", Value.map());
    }

    public String tools() {
        return ask("tools.list", Value.map());
    }

    public String down() {
        return ask("shutdown", Value.map());
    }

    /** Lists the peers, or connects to an address. */
    public String peers(String... words) {
        return words.length == 0
                ? ask("peers.list", Value.map())
                : ask("peers.connect", Value.map().put("address", words[0]));
    }

    /** {@code contacts [list | add CARD | set AGENT LEVEL | remove AGENT]}. */
    public String contacts(String... words) {
        List<String> given = List.of(words);
        return switch (verb(given)) {
            case "list" -> ask("contacts.list", Value.map());
            case "add" -> ask("cards.import", Value.map().put("card", word(given, 1)));
            case "set" ->
                    ask(
                            "contacts.set",
                            Value.map().put("agent", word(given, 1)).put("level", word(given, 2)));
            case "remove" -> ask("contacts.remove", Value.map().put("agent", word(given, 1)));
            default -> "usage: contacts [list | add CARD | set AGENT LEVEL | remove AGENT]";
        };
    }

    /**
     * {@code plugins [list | search TEXT | refused | info REF | install REF [all | PERMISSION…] |
     * uninstall NAME | start NAME | stop NAME | publish JAR [TOPIC]]}. An install grants what is
     * named, and nothing if nothing is.
     */
    public String plugins(String... words) {
        List<String> given = List.of(words);
        return switch (verb(given)) {
            case "list" -> ask("plugins.list", Value.map());
            case "search" ->
                    ask(
                            "announcements.search",
                            Value.map().put("query", given.size() > 1 ? given.get(1) : ""));
            case "refused" -> ask("announcements.refused", Value.map());
            case "info" -> ask("plugins.inspect", Value.map().put("ref", word(given, 1)));
            case "install" -> install(given);
            case "uninstall", "start", "stop" ->
                    ask("plugins." + given.get(0), Value.map().put("id", word(given, 1)));
            case "publish" -> publish(given);
            default ->
                    "usage: plugins [list | search TEXT | refused | info REF"
                            + " | install REF [all | none | PERMISSION...] | uninstall NAME | start NAME | stop NAME | publish JAR [TOPIC]]";
        };
    }

    private String publish(List<String> given) {
        Value.MapBuilder arguments =
                Value.map().put("path", Path.of(word(given, 1)).toAbsolutePath().toString());
        if (given.size() > 2) {
            arguments.put("topic", given.get(2));
        }
        return ask("plugins.publish", arguments);
    }

    private String install(List<String> given) {
        List<String> granted = given.size() > 2 ? given.subList(2, given.size()) : List.of();
        Value permissions = granted.equals(List.of("all")) ? Value.of("all") : Value.texts(granted);
        return ask(
                "plugins.install",
                Value.map()
                        .put("ref", word(given, 1))
                        .put("consent", Value.map().put("permissions", permissions).build()));
    }

    /**
     * {@code store [list | create NAME [MODE] | join LINK | show STORE | link STORE | leave STORE |
     * get STORE PATH | set STORE PATH VALUE | delete STORE PATH | add STORE PATH VALUE | remove
     * STORE PATH VALUE | increment STORE PATH [BY] | members STORE | grant STORE AGENT ROLE |
     * revoke STORE AGENT | log STORE | branches STORE | merge STORE FROM [INTO]]}. A value is JSON,
     * or text if it is none.
     */
    public String store(String... words) {
        List<String> given = List.of(words);
        String verb = verb(given);
        Value.MapBuilder about = Value.map().put("store", word(given, 1));
        return switch (verb) {
            case "list" -> ask("stores.list", Value.map());
            case "create" -> {
                Value.MapBuilder named = Value.map().put("name", word(given, 1));
                yield ask(
                        "stores.create",
                        given.size() > 2 ? named.put("mode", given.get(2)) : named);
            }
            case "join" -> ask("stores.join", Value.map().put("link", word(given, 1)));
            case "link" -> ask("stores.get", about);
            case "show" -> ask("stores.value", about);
            case "leave", "members", "log", "branches" -> ask("stores." + verb, about);
            case "get" -> ask("stores.value", about.put("path", word(given, 2)));
            case "delete" -> ask("stores.delete", about.put("path", word(given, 2)));
            case "set", "add", "remove" ->
                    ask(
                            "stores." + (verb.equals("set") ? "put" : verb),
                            about.put("path", word(given, 2)).put("value", json(word(given, 3))));
            case "increment" ->
                    ask(
                            "stores.increment",
                            about.put("path", word(given, 2))
                                    .put(
                                            "by",
                                            given.size() > 3 ? json(given.get(3)) : Value.of(1)));
            case "grant", "revoke" ->
                    ask(
                            "stores.grant",
                            about.put("agent", word(given, 2))
                                    .put("role", verb.equals("grant") ? word(given, 3) : "none"));
            case "merge" ->
                    ask(
                            "stores.merge",
                            about.put("from", word(given, 2)).put("into", word(given, 3)));
            default ->
                    "usage: store [list | create NAME [MODE] | join LINK | show STORE | link STORE"
                            + " | leave STORE | get STORE PATH | set STORE PATH VALUE"
                            + " | delete STORE PATH | add STORE PATH VALUE"
                            + " | remove STORE PATH VALUE | increment STORE PATH [BY]"
                            + " | members STORE | grant STORE AGENT ROLE | revoke STORE AGENT"
                            + " | log STORE | branches STORE | merge STORE FROM [INTO]]";
        };
    }

    /** {@code doc [show STORE PATH | write STORE PATH TEXT]}. */
    public String doc(String... words) {
        List<String> given = List.of(words);
        Value.MapBuilder about =
                Value.map().put("store", word(given, 1)).put("path", word(given, 2));
        return switch (verb(given)) {
            case "show" -> ask("stores.value", about);
            case "write" -> ask("stores.text", about.put("text", word(given, 3)));
            default -> "usage: doc [show STORE PATH | write STORE PATH TEXT]";
        };
    }

    /**
     * {@code task [list STORE | add STORE TITLE | claim STORE TASK [SECONDS] | renew STORE TASK
     * [SECONDS] | finish STORE TASK [RESULT] | rename STORE TASK TITLE | VERB STORE TASK]}, where a
     * verb is release, expire, grant, cancel or reopen.
     */
    public String task(String... words) {
        List<String> given = List.of(words);
        String verb = verb(given);
        Value.MapBuilder about = Value.map().put("store", word(given, 1));
        if (verb.equals("list")) {
            return ask("stores.tasks", about);
        } else if (verb.equals("add")) {
            return ask("stores.tasks.add", about.put("title", word(given, 2)));
        }
        about.put("task", word(given, 2)).put("verb", verb);
        boolean more = given.size() > 3;
        return switch (verb) {
            case "claim", "renew" ->
                    ask("stores.tasks.do", more ? about.put("lease", json(given.get(3))) : about);
            case "finish" ->
                    ask("stores.tasks.do", more ? about.put("result", json(given.get(3))) : about);
            case "rename" -> ask("stores.tasks.do", about.put("title", word(given, 3)));
            case "release", "expire", "grant", "cancel", "reopen" -> ask("stores.tasks.do", about);
            default ->
                    "usage: task [list STORE | add STORE TITLE | claim STORE TASK [SECONDS]"
                            + " | renew STORE TASK [SECONDS] | finish STORE TASK [RESULT]"
                            + " | rename STORE TASK TITLE | release, expire, grant, cancel or"
                            + " reopen STORE TASK]";
        };
    }

    private static Value json(String given) {
        try {
            return Json.parse(given, MAX_JSON_BYTES);
        } catch (MalformedException e) {
            return Value.of(given);
        }
    }

    /** The last lines that a plugin wrote: {@code log PLUGIN}. */
    public String log(String... words) {
        return words.length == 1
                ? ask("plugins.log", Value.map().put("id", words[0]))
                : "usage: log PLUGIN";
    }

    /** Calls a tool: {@code call PLUGIN TOOL [JSON]}, the JSON in single quotes. */
    public String call(String... words) {
        if (words.length < 2 || words.length > 3) {
            return "usage: call PLUGIN TOOL ['{\"name\":\"value\"}']";
        }
        String plugin = words[0];
        String tool = words[1];
        Value arguments;
        try {
            arguments = Json.parse(words.length == 2 ? "{}" : words[2], MAX_JSON_BYTES);
        } catch (MalformedException e) {
            return "MALFORMED_JSON: the arguments: " + e.getMessage();
        }
        return ask(
                "tools.call",
                Value.map().put("plugin", plugin).put("tool", tool).put("arguments", arguments));
    }

    private static String verb(List<String> words) {
        return words.isEmpty() ? "list" : words.get(0);
    }

    private static String word(List<String> words, int index) {
        return index < words.size() ? words.get(index) : "";
    }

    private String ask(String operation, Value.MapBuilder arguments) {
        try {
            return Json.pretty(
                    operations.call(
                            operation,
                            arguments.build(),
                            event -> System.out.println(Json.write(event))));
        } catch (OperationException e) {
            return e.code() + ": " + e.getMessage() + (e.hint().isEmpty() ? "" : "\n" + e.hint());
        }
    }
}
