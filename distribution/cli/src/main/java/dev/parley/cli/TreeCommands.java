package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parley tree …}: trees in a store, whose nodes several may move at once. */
@Command(
        name = "tree",
        addMethodSubcommands = false, // see Main.commands
        description = "Trees in a store, whose nodes several may move at the same time.",
        footer = "%nExample: parley tree add notes /outline 'Chapter one'")
final class TreeCommands implements Callable<Integer> {
    private static final int DIGITS = 10;

    @Spec CommandSpec spec = CommandSpec.create();

    @Mixin Target own = new Target();

    /** Which tree. */
    static final class Place {
        @Parameters(index = "0", paramLabel = "STORE", description = "its name or first digits")
        String store = "";

        @Parameters(index = "1", paramLabel = "PATH", description = "where the tree is")
        String path = "";

        String at(String rest) {
            return "/stores/" + Paths.word(store) + "/tree" + rest;
        }
    }

    /** Which node of it. */
    static final class Named {
        @Mixin Place place = new Place();

        @Parameters(index = "2", paramLabel = "NODE", description = "label, or id or its start")
        String node = "";

        String at(String verb) {
            return place.at("/" + Paths.word(node) + "/" + verb);
        }
    }

    /** Where a node is put. */
    static final class Under {
        @Option(
                names = "--under",
                paramLabel = "NODE",
                description = "label, or id or its start; default: the root")
        @Nullable String parent;

        @Option(
                names = "--index",
                paramLabel = "N",
                description = "how many siblings come before it; default: all")
        @Nullable Long index;

        void into(Value.MapBuilder body) {
            if (parent != null) {
                body.put("parent", parent);
            }
            if (index != null) {
                body.put("index", index);
            }
        }
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return CliException.USAGE;
    }

    private int written(Target target, String at, Value.MapBuilder body) throws CliException {
        return target.print(
                spec,
                target.client().post(at, body.build()),
                it -> "Written: node " + Tree.text(it, "node"));
    }

    @Command(
            name = "show",
            description = "The nodes of a tree, with the first digits of their ids.",
            footer = "%nExample: parley tree show notes /outline")
    int show(@Mixin Target target, @Mixin Place place, @Mixin StoreWriteCommands.Version version)
            throws CliException {
        return target.print(
                spec,
                target.client().get(place.at("?path=" + Paths.word(place.path) + version.and())),
                it -> {
                    StringBuilder out = new StringBuilder();
                    show(out, Tree.at(it, "nodes"), "");
                    return out.isEmpty() ? "No nodes." : out.toString().stripTrailing();
                });
    }

    private static void show(StringBuilder out, Value nodes, String indent) {
        if (nodes instanceof Value.List list) {
            for (Value node : list.items()) {
                String id = Tree.text(node, "id");
                out.append(id, 0, Math.min(DIGITS, id.length()))
                        .append("  ")
                        .append(indent)
                        .append(Tree.text(node, "label"))
                        .append('\n');
                show(out, Tree.at(node, "children"), indent + "  ");
            }
        }
    }

    @Command(
            name = "add",
            description = "Adds a node: its label is JSON, or text if it is no JSON.",
            footer = "%nExample: parley tree add notes /outline 'Chapter one' --under Book")
    int add(
            @Mixin Target target,
            @Mixin StoreWriteCommands.Writing writing,
            @Mixin StoreWriteCommands.Sealing sealing,
            @Mixin Place place,
            @Parameters(index = "2", paramLabel = "LABEL") String label,
            @Mixin Under under)
            throws CliException {
        Value.MapBuilder body =
                writing.body(place.path).put("label", StoreWriteCommands.value(label, false));
        sealing.into(body);
        under.into(body);
        return written(target, place.at(""), body);
    }

    @Command(
            name = "move",
            description =
                    "Moves a node, with all below it; what would be a circle is undone alike.",
            footer = "%nExample: parley tree move notes /outline 'Chapter one' --index 0")
    int move(
            @Mixin Target target,
            @Mixin StoreWriteCommands.Writing writing,
            @Mixin Named named,
            @Mixin Under under)
            throws CliException {
        Value.MapBuilder body = writing.body(named.place.path);
        under.into(body);
        return written(target, named.at("move"), body);
    }

    @Command(
            name = "label",
            description = "Gives a node another label.",
            footer = "%nExample: parley tree label notes /outline 'Chapter one' 'The beginning'")
    int label(
            @Mixin Target target,
            @Mixin StoreWriteCommands.Writing writing,
            @Mixin StoreWriteCommands.Sealing sealing,
            @Mixin Named named,
            @Parameters(index = "3", paramLabel = "LABEL", description = "the new one")
                    String label)
            throws CliException {
        return written(
                target,
                named.at("label"),
                sealing.into(
                        writing.body(named.place.path)
                                .put("label", StoreWriteCommands.value(label, false))));
    }

    @Command(
            name = "remove",
            description = "Takes a node away, with all below it; what others move out stays.",
            footer = "%nExample: parley tree remove notes /outline 'Chapter one'")
    int remove(@Mixin Target target, @Mixin StoreWriteCommands.Writing writing, @Mixin Named named)
            throws CliException {
        return written(target, named.at("remove"), writing.body(named.place.path));
    }
}
