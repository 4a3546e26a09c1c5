package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What was done in a store, and how it was. */
abstract class StoreHistoryCommands extends StoreWriteCommands {
    private static final int DIGITS = 10;

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
                    @Nullable String message,
            @Option(
                            names = "--check",
                            description = "only says what both changed since they parted")
                    boolean check)
            throws CliException {
        if (check) {
            return target.print(
                    spec,
                    target.client()
                            .get(
                                    at(store, "/merge?from=" + Paths.word(from))
                                            + (into == null ? "" : "&into=" + Paths.word(into))),
                    it ->
                            Table.of(
                                    Tree.list(it, "both"),
                                    "They changed nothing in common.",
                                    "PATH=path",
                                    "TYPE=type"));
        }
        Value.MapBuilder body =
                Value.map()
                        .put("from", from)
                        .put("into", into == null ? "" : into)
                        .put("message", message == null ? "" : message);
        return written(target, store, "merge", body);
    }

    @Command(
            name = "diff",
            description = {
                "What is different in the second version.",
                "A version is a tag, a branch, changes by their first digits, or now."
            },
            footer = "%nExample: parley store diff notes v1.0 now")
    int diff(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "VERSION") String from,
            @Parameters(paramLabel = "VERSION", arity = "0..1", description = "default: now")
                    @Nullable String to)
            throws CliException {
        return target.print(
                spec,
                target.client()
                        .get(
                                at(store, "/diff?from=" + Paths.word(from))
                                        + (to == null ? "" : "&to=" + Paths.word(to))),
                StoreHistoryCommands::differences);
    }

    private static String differences(Value answer) {
        StringBuilder out = new StringBuilder();
        for (Value each : Tree.list(answer, "differences")) {
            out.append(Tree.text(each, "path"))
                    .append(" (")
                    .append(Tree.text(each, "type"))
                    .append(")\n");
            List<Value> edits = Tree.list(each, "edits");
            if (edits.isEmpty()) {
                line(out, "- ", Tree.text(each, "before"));
                line(out, "+ ", Tree.text(each, "after"));
            }
            for (Value edit : edits) {
                out.append("  at ").append(Tree.text(edit, "position"));
                if (!Tree.text(edit, "removed").equals("0")) {
                    out.append(": ").append(Tree.text(edit, "removed")).append(" removed");
                }
                out.append('\n');
                if (Tree.at(edit, "inserted") instanceof Value.Text inserted) {
                    inserted.value().lines().forEach(it -> line(out, "  + ", Tree.shown(it)));
                }
            }
        }
        return out.isEmpty() ? "Nothing is different." : out.toString().stripTrailing();
    }

    private static void line(StringBuilder out, String sign, String text) {
        if (!text.isEmpty()) {
            out.append(sign).append(text).append('\n');
        }
    }

    @Command(
            name = "tags",
            description = "The names of versions of a store.",
            footer = "%nExample: parley store tags notes")
    int tags(@Mixin Target target, @Parameters(paramLabel = "STORE") String store)
            throws CliException {
        return target.print(
                spec, target.client().get(at(store, "/tags")), StoreHistoryCommands::tags);
    }

    /** One that was given twice at once has several versions. */
    private static String tags(Value answer) {
        List<Value> rows = new ArrayList<>();
        for (Value tag : Tree.list(answer, "tags")) {
            List<String> versions = new ArrayList<>();
            for (Value version : Tree.list(tag, "versions")) {
                versions.add(version(version));
            }
            rows.add(
                    Value.map()
                            .put("name", Tree.text(tag, "name"))
                            .put("version", String.join(" or ", versions))
                            .build());
        }
        return Table.of(rows, "No tags.", "NAME=name", "VERSION=version");
    }

    /** So that it can be given to a command again. */
    private static String version(Value heads) {
        List<String> digits = new ArrayList<>();
        if (heads instanceof Value.List list) {
            for (Value head : list.items()) {
                String id = head instanceof Value.Text text ? Tree.shown(text.value()) : "";
                digits.add(id.substring(0, Math.min(DIGITS, id.length())));
            }
        }
        return String.join(",", digits);
    }

    @Command(
            name = "tag",
            description = "Gives a version of a store a name, which everybody has.",
            footer = "%nExample: parley store tag notes v1.0")
    int tag(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "TAG", description = "of a-z, 0-9, '.', '_', '/' and '-'")
                    String tag,
            @Parameters(
                            paramLabel = "VERSION",
                            arity = "0..1",
                            description = "a tag, a branch, or changes; default: now")
                    @Nullable String version,
            @Option(names = "--move", description = "also if it names another version already")
                    boolean move,
            @Option(names = "--message", paramLabel = "TEXT", description = "what for")
                    @Nullable String message)
            throws CliException {
        Value.MapBuilder body = Value.map().put("tag", tag);
        if (version != null) {
            body.put("version", version);
        }
        if (move) {
            body.put("move", true);
        }
        if (message != null) {
            body.put("message", message);
        }
        return target.print(
                spec,
                target.client().post(at(store, "/tags"), body.build()),
                it -> Tree.text(it, "tag") + " is " + version(Tree.at(it, "heads")));
    }

    @Command(
            name = "untag",
            description = "Takes a version's name away.",
            footer = "%nExample: parley store untag notes v1.0")
    int untag(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(paramLabel = "TAG") String tag)
            throws CliException {
        return written(target, store, "untag", Value.map().put("tag", tag));
    }

    @Command(
            name = "undo",
            description = {
                "Takes back this container's last change that stands, and says what it did.",
                "What others changed since stays. It is a new change; a restart is no matter.",
                "--list shows what can be taken back; another one of these can be named."
            },
            footer = "%nExample: parley store undo notes")
    int undo(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(
                            paramLabel = "CHANGE",
                            arity = "0..1",
                            description = "by its first digits; default: the last one")
                    @Nullable String change,
            @Option(names = "--branch", paramLabel = "NAME", description = "default: the main line")
                    @Nullable String branch,
            @Option(names = "--list", description = "only shows what can be taken back")
                    boolean list)
            throws CliException {
        if (list) {
            return target.print(
                    spec,
                    target.client()
                            .get(
                                    at(store, "/undo")
                                            + (branch == null
                                                    ? ""
                                                    : "?branch=" + Paths.word(branch))),
                    StoreHistoryCommands::undoList);
        }
        Value.MapBuilder body = branch(branch);
        if (change != null) {
            body.put("change", change);
        }
        return target.print(
                spec,
                target.client().post(at(store, "/undo"), body.build()),
                it -> undone("Undone", it));
    }

    @Command(
            name = "redo",
            description = "Does the change again that was taken back last.",
            footer = "%nExample: parley store redo notes")
    int redo(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Option(names = "--branch", paramLabel = "NAME", description = "default: the main line")
                    @Nullable String branch)
            throws CliException {
        return target.print(
                spec,
                target.client().post(at(store, "/redo"), branch(branch).build()),
                it -> undone("Done again", it));
    }

    private static Value.MapBuilder branch(@Nullable String branch) {
        return branch == null ? Value.map() : Value.map().put("branch", branch);
    }

    private static String digits(Value of, String field) {
        String id = Tree.text(of, field);
        return id.substring(0, Math.min(DIGITS, id.length()));
    }

    private static String undone(String what, Value answer) {
        StringBuilder out = new StringBuilder();
        out.append(what + ": " + digits(answer, "of") + ", by " + digits(answer, "change") + "\n");
        out.append(differences(answer));
        for (Value each : Tree.list(answer, "left")) {
            out.append("\n")
                    .append(Tree.text(each, "path"))
                    .append(" (")
                    .append(Tree.text(each, "type"))
                    .append("): not all of it, because it was changed since");
        }
        return out.toString();
    }

    private static String undoList(Value answer) {
        String undoable = rows(answer, "undoable", "Nothing to undo.");
        return Tree.list(answer, "redoable").isEmpty()
                ? undoable
                : undoable + "\n\nTo do again:\n" + rows(answer, "redoable", "");
    }

    private static String rows(Value answer, String field, String none) {
        List<Value> rows = new ArrayList<>();
        for (Value each : Tree.list(answer, field)) {
            List<String> paths = new ArrayList<>();
            Tree.list(each, "objects").forEach(it -> paths.add(Tree.text(it, "path")));
            rows.add(
                    Value.map()
                            .put("change", digits(each, "change"))
                            .put("time", Tree.at(each, "time"))
                            .put("paths", String.join(" ", paths))
                            .put("message", Tree.at(each, "message"))
                            .put("refused", Tree.at(each, "refused"))
                            .build());
        }
        return Table.of(
                rows,
                none,
                "CHANGE=change",
                "TIME=time",
                "PATHS=paths",
                "MESSAGE=message",
                "REFUSED=refused");
    }

    @Command(
            name = "watch",
            description = {
                "Prints the changes of a store as they come, on all branches.",
                "Goes on until it is ended; with --json one object a line."
            },
            footer = "%nExample: parley store watch notes --json")
    int watch(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Option(
                            names = "--since",
                            paramLabel = "CHANGE",
                            description = "also those after this change, or 'start' for all")
                    @Nullable String since,
            @Option(names = "--count", paramLabel = "N", description = "ends after so many")
                    @Nullable Long count)
            throws CliException {
        return target.follow(spec, at(store, "/events"), since, count, ChangeLine::of);
    }
}
