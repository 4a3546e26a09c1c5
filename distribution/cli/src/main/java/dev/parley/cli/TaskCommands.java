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

/** {@code parley task …}: tasks in a store. */
@Command(
        name = "task",
        addMethodSubcommands = false, // see Main.commands
        description = "Tasks in a store, which several agents may claim.",
        footer = "%nExample: parley task claim team 'Water the plants'")
final class TaskCommands implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Mixin Target own = new Target();

    /** Which store, and where in it. */
    static final class Place {
        @Parameters(index = "0", paramLabel = "STORE", description = "its name or first digits")
        String store = "";

        @Option(names = "--path", paramLabel = "PATH", description = "default: /tasks")
        @Nullable String path;

        String at(String rest) {
            return "/stores/" + Paths.word(store) + "/tasks" + rest;
        }

        Value.MapBuilder body() {
            Value.MapBuilder body = Value.map();
            if (path != null) {
                body.put("path", path);
            }
            return body;
        }
    }

    /** Which task. */
    static final class Named {
        @Mixin Place place = new Place();

        @Parameters(index = "1", paramLabel = "TASK", description = "title, or id or its start")
        String task = "";

        Value.MapBuilder body() {
            return place.body();
        }
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return CliException.USAGE;
    }

    @Command(
            name = "list",
            description = "The tasks of a store.",
            footer = "%nExample: parley task list team")
    int list(@Mixin Target target, @Mixin Place place) throws CliException {
        String path = place.path;
        return target.print(
                spec,
                target.client()
                        .get(place.at("") + (path == null ? "" : "?path=" + Paths.word(path))),
                it ->
                        Table.of(
                                Tree.list(it, "tasks"),
                                "No tasks.",
                                "STATUS=status",
                                "TITLE=title",
                                "HOLDER=holder",
                                "ID=id"));
    }

    @Command(
            name = "add",
            description = "Adds a task.",
            footer = "%nExample: parley task add team 'Water the plants'")
    int add(
            @Mixin Target target,
            @Mixin Place place,
            @Parameters(index = "1", paramLabel = "TITLE", description = "what is to be done")
                    String title,
            @Option(
                            names = "--arbiter",
                            paramLabel = "AGENT",
                            description = "a claim counts once this agent grants it")
                    @Nullable String arbiter)
            throws CliException {
        Value.MapBuilder body = place.body().put("title", title);
        if (arbiter != null) {
            body.put("arbiter", arbiter);
        }
        return target.print(
                spec, target.client().post(place.at(""), body.build()), TaskCommands::describe);
    }

    private int carryOn(Target target, Named named, String verb, Value.MapBuilder body)
            throws CliException {
        String task = named.place.at("/" + Paths.word(named.task) + "/" + verb);
        return target.print(spec, target.client().post(task, body.build()), TaskCommands::describe);
    }

    @Command(
            name = "claim",
            description = "Says that this agent does it; who holds it is known when others know.",
            footer = "%nExample: parley task claim team 'Water the plants' --lease 600")
    int claim(
            @Mixin Target target,
            @Mixin Named named,
            @Option(names = "--lease", paramLabel = "SECONDS", defaultValue = "3600") long lease)
            throws CliException {
        return carryOn(target, named, "claim", named.body().put("lease", lease));
    }

    @Command(
            name = "renew",
            description = "Makes the lease of this agent's claim end later.",
            footer = "%nExample: parley task renew team 'Water the plants' --lease 600")
    int renew(
            @Mixin Target target,
            @Mixin Named named,
            @Option(names = "--lease", paramLabel = "SECONDS", defaultValue = "3600") long lease)
            throws CliException {
        return carryOn(target, named, "renew", named.body().put("lease", lease));
    }

    @Command(
            name = "finish",
            description = "Gives the result: JSON, or text if it is no JSON.",
            footer = "%nExample: parley task finish team 'Water the plants' done")
    int finish(
            @Mixin Target target,
            @Mixin Named named,
            @Mixin StoreWriteCommands.Sealing sealing,
            @Parameters(
                            index = "2",
                            arity = "0..1",
                            paramLabel = "RESULT",
                            defaultValue = "null",
                            description = "default: null")
                    String result)
            throws CliException {
        return carryOn(
                target,
                named,
                "finish",
                sealing.into(named.body().put("result", StoreCommands.value(result, false))));
    }

    @Command(
            name = "rename",
            description = "Gives a task another title.",
            footer = "%nExample: parley task rename team 'Water the plants' 'Water all plants'")
    int rename(
            @Mixin Target target,
            @Mixin Named named,
            @Parameters(index = "2", paramLabel = "TITLE", description = "the new one")
                    String title)
            throws CliException {
        return carryOn(target, named, "rename", named.body().put("title", title));
    }

    @Command(
            name = "release",
            description = "Gives this agent's claim back.",
            footer = "%nExample: parley task release team 'Water the plants'")
    int release(@Mixin Target target, @Mixin Named named) throws CliException {
        return carryOn(target, named, "release", named.body());
    }

    @Command(
            name = "expire",
            description = "Says that the lease of the holder's claim has run out.",
            footer = "%nExample: parley task expire team 'Water the plants'")
    int expire(@Mixin Target target, @Mixin Named named) throws CliException {
        return carryOn(target, named, "expire", named.body());
    }

    @Command(
            name = "grant",
            description =
                    "Grants the first claim of an exclusive task, which only its arbiter may.",
            footer = "%nExample: parley task grant team 'Water the plants'")
    int grant(@Mixin Target target, @Mixin Named named) throws CliException {
        return carryOn(target, named, "grant", named.body());
    }

    @Command(
            name = "cancel",
            description = "Calls a task off; only who made it, or an admin.",
            footer = "%nExample: parley task cancel team 'Water the plants'")
    int cancel(@Mixin Target target, @Mixin Named named) throws CliException {
        return carryOn(target, named, "cancel", named.body());
    }

    @Command(
            name = "reopen",
            description = "Begins a task anew that is done or cancelled.",
            footer = "%nExample: parley task reopen team 'Water the plants'")
    int reopen(@Mixin Target target, @Mixin Named named) throws CliException {
        return carryOn(target, named, "reopen", named.body());
    }

    private static String describe(Value answer) {
        return Table.card(
                Tree.at(answer, "task"),
                "title=title",
                "status=status",
                "holder=holder",
                "fence=fence",
                "claims=claims",
                "results=results",
                "id=id");
    }
}
