package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** With what values of a store are sealed, and how they are expunged. */
abstract class StoreSealCommands extends StoreHistoryCommands {
    @Command(
            name = "seals",
            description = {
                "With what values of a store are sealed.",
                "A label is known on this container only; others have the key's id.",
            },
            footer = "%nExample: parley store seals people")
    int seals(@Mixin Target target, @Parameters(paramLabel = "STORE") String store)
            throws CliException {
        return target.print(
                spec,
                target.client().get(at(store, "/seals")),
                it ->
                        Table.of(
                                Tree.list(it, "seals"),
                                "Nothing is sealed. 'parley store set … --seal LABEL' seals.",
                                "LABEL=label",
                                "STATUS=status",
                                "VALUES=values",
                                "NAME=authorName",
                                "KEY=key"));
    }

    @Command(
            name = "expunge",
            description = {
                "Destroys all values that are sealed with a key, everywhere and for ever.",
                "Whoever hears of it destroys the key; nobody can bring it back.",
                "Who made the key may, and admins. Asks before.",
            },
            footer = "%nExample: parley store expunge people 'customer 42' --yes")
    int expunge(
            @Mixin Target target,
            @Parameters(paramLabel = "STORE") String store,
            @Parameters(
                            paramLabel = "KEY",
                            description = "label, id or the id's start; see 'parley store seals'")
                    String key,
            @Option(
                            names = {"-y", "--yes"},
                            description = "do not ask")
                    boolean yes)
            throws CliException {
        Client client = target.client();
        if (!yes) {
            agree(target, key, Tree.list(client.get(at(store, "/seals")), "seals"));
        }
        return target.print(
                spec,
                client.post(at(store, "/expunge"), Value.map().put("key", key).build()),
                it ->
                        "Expunged: "
                                + Tree.text(it, "values")
                                + " values, change "
                                + Tree.text(it, "change")
                                + "\nOther containers follow when they hear of it. Who has read or"
                                + " copied a value still has it.");
    }

    private static void agree(Target target, String key, List<Value> seals) throws CliException {
        Consent consent = Consent.of(target, "this destroys values for ever", "add --yes");
        @Nullable Value found = null;
        for (Value seal : seals) {
            if (Tree.text(seal, "label").equals(key) || Tree.text(seal, "key").startsWith(key)) {
                found = found == null ? seal : found;
            }
        }
        String values = found == null ? "?" : Tree.text(found, "values");
        consent.ask(
                "Destroy all that is sealed with '"
                        + key
                        + "' (values: "
                        + values
                        + "), everywhere and for ever?",
                "nothing was expunged");
    }
}
