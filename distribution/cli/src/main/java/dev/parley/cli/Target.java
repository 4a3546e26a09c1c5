package dev.parley.cli;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options that every command has: which container, and how to print. */
final class Target {
    @Option(names = "--name", paramLabel = "NAME", description = "the container; default: main")
    @Nullable String name;

    @Option(names = "--data", paramLabel = "DIR", description = "its data folder")
    @Nullable Path data;

    @Option(names = "--json", description = "print JSON")
    boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "what this is")
    boolean help;

    Client client() throws CliException {
        return Client.open(folder(), up());
    }

    /** What starts this container, as the person wrote it. */
    private String up() {
        return "parley up"
                + (data != null ? " --data " + data : name != null ? " --name " + name : "");
    }

    Path folder() {
        Path folder =
                data != null
                        ? data
                        : Path.of(
                                System.getProperty("user.home"),
                                ".parley",
                                name == null ? "main" : name);
        return folder.toAbsolutePath();
    }

    /**
     * Prints events of a path as they come.
     *
     * @param since where to go on; null for from now on
     * @param most ends after so many; null for never
     * @param line an event for people
     */
    int follow(
            CommandSpec spec,
            String path,
            @Nullable String since,
            @Nullable Long most,
            Function<Value, String> line)
            throws CliException {
        CommandLine command = spec.commandLine();
        return new FollowedEvents(command.getOut(), command.getErr(), json, most, line)
                .follow(client(), path, since == null ? "" : since);
    }

    /** Prints the answer: as it is, or as text for people. */
    int print(CommandSpec spec, Value answer, Function<Value, String> text) {
        spec.commandLine().getOut().println(json ? Json.write(answer) : text.apply(answer));
        return 0;
    }
}
