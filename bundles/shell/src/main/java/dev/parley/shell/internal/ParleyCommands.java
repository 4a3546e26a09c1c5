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
            "osgi.command.function=tree",
            "osgi.command.function=group",
            "osgi.command.function=log",
            "osgi.command.function=doctor",
            "osgi.command.function=down"
        })
public final class ParleyCommands {
    private static final int MAX_JSON_BYTES = 1 << 20;

    private static final Verbs GROUP =
            new Verbs(
                    "group",
                    "list groups.list",
                    "create groups.create name description?",
                    "show groups.get group",
                    "invite groups.invite group seconds*?",
                    "invites groups.invites group",
                    "uninvite groups.uninvite group invite",
                    "join groups.join link",
                    "members groups.members group",
                    "role groups.role group agent role",
                    "remove groups.remove group agent",
                    "rename groups.rename group name description?",
                    "leave groups.leave group",
                    "delete groups.close group",
                    "forget groups.forget group",
                    "refresh groups.refresh group",
                    "send groups.send group text",
                    "read groups.messages group after*? limit*?",
                    "watch groups.events group seconds*");

    private static final Verbs STORE =
            new Verbs(
                    "store",
                    "list stores.list",
                    "create stores.create name mode?",
                    "join stores.join link",
                    "link stores.get store",
                    "leave stores.leave store",
                    "compact stores.compact store",
                    "show stores.value store at?",
                    "get stores.value store path at?",
                    "set stores.put store path value* undoable=true",
                    "flag stores.put store path value* type=flag-enable-wins undoable=true",
                    "delete stores.delete store path undoable=true",
                    "add stores.add store path value* undoable=true",
                    "remove stores.remove store path value* undoable=true",
                    "increment stores.increment store path by*? undoable=true",
                    "items stores.items store path at?",
                    "insert stores.insert store path value* index*? undoable=true",
                    "move stores.move store path element to* undoable=true",
                    "replace stores.replace store path element value* undoable=true",
                    "drop stores.drop store path element undoable=true",
                    "shares stores.shares store path at?",
                    "mint stores.mint store path amount*",
                    "spend stores.spend store path amount*",
                    "transfer stores.transfer store path to amount*",
                    "members stores.members store",
                    "seal stores.put store path value* seal undoable=true",
                    "seals stores.seals store",
                    "expunge stores.expunge store key",
                    "grant stores.grant store agent role",
                    "revoke stores.grant store agent role=none",
                    "log stores.log store limit*?",
                    "diff stores.diff store from to?",
                    "tags stores.tags store",
                    "tag stores.tag store tag version?",
                    "untag stores.untag store tag",
                    "watch stores.events store seconds*",
                    "undo stores.undo store change?",
                    "undoable stores.undoable store",
                    "redo stores.redo store",
                    "branches stores.branches store",
                    "merge stores.merge store from into?");
    private static final Verbs DOC =
            new Verbs(
                    "doc",
                    "show stores.value store path at?",
                    "write stores.text store path text undoable=true",
                    "blame stores.blame store path at?");
    private static final Verbs TREE =
            new Verbs(
                    "tree",
                    "show stores.tree store path at?",
                    "add stores.tree.add store path label* parent? index*?",
                    "move stores.tree.move store path node parent? index*?",
                    "label stores.tree.label store path node label*",
                    "remove stores.tree.remove store path node");
    private static final Verbs TASK =
            new Verbs(
                    "task",
                    "list stores.tasks store",
                    "add stores.tasks.add store title",
                    "claim stores.tasks.do store task verb=claim lease*?",
                    "renew stores.tasks.do store task verb=renew lease*?",
                    "finish stores.tasks.do store task verb=finish result*?",
                    "rename stores.tasks.do store task verb=rename title",
                    "release stores.tasks.do store task verb=release",
                    "expire stores.tasks.do store task verb=expire",
                    "grant stores.tasks.do store task verb=grant",
                    "cancel stores.tasks.do store task verb=cancel",
                    "reopen stores.tasks.do store task verb=reopen");

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

    /** What is in stores and was done there. A value is JSON, or text if it is none. */
    public String store(String... words) {
        return ask(STORE, words);
    }

    /** Texts. */
    public String doc(String... words) {
        if (words.length > 0 && words[0].equals("edit")) {
            return "An editor needs a terminal of its own, which this prompt has not: use 'parley doc"
                    + " edit STORE PATH' outside of it, or here 'doc write STORE PATH TEXT'.";
        }
        return ask(DOC, words);
    }

    /** Trees. */
    public String tree(String... words) {
        return ask(TREE, words);
    }

    /** Private groups; a delete asks nobody. */
    public String group(String... words) {
        return ask(GROUP, words);
    }

    /** Tasks. */
    public String task(String... words) {
        return ask(TASK, words);
    }

    private String ask(Verbs verbs, String... words) {
        return verbs.question(List.of(words))
                .map(it -> ask(it.operation(), it.arguments()))
                .orElseGet(() -> verbs.usage(List.of(words)));
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
