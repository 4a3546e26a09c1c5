package dev.parley.cli;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** The commands about the container as a whole, and the tools. */
@Command(addMethodSubcommands = false) // see Main.commands
abstract class SystemCommands {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

    abstract CommandSpec spec();

    @Command(
            name = "status",
            description = "Who this container is and what it is connected to.",
            footer = "%nExample: parley status --json")
    int status(@Mixin Target target) throws CliException {
        return target.print(
                spec(),
                target.client().get("/status"),
                it ->
                        Table.card(
                                        it,
                                        "name=name",
                                        "agent=agent",
                                        "words=agentWords",
                                        "network=network",
                                        "listen=listen",
                                        "peers=peers",
                                        "plugins=plugins",
                                        "version=version")
                                + "\n"
                                + Table.card(Tree.at(it, "health"), "health=state", "why=why"));
    }

    @Command(
            name = "peers",
            description = "The connected containers; with an address, connects to it first.",
            footer = "%nExample: parley peers 127.0.0.1:4000")
    int peers(
            @Mixin Target target,
            @Parameters(
                            arity = "0..1",
                            paramLabel = "HOST:PORT",
                            description = "where a container listens",
                            defaultValue = "")
                    String address)
            throws CliException {
        Client client = target.client();
        if (!address.isEmpty()) {
            client.post("/peers", Value.map().put("address", address).build());
        }
        return target.print(
                spec(),
                client.get("/peers"),
                it ->
                        Table.of(
                                Tree.list(it, "peers"),
                                "Nobody is connected.",
                                "WORDS=words",
                                "LEVEL=level",
                                "ADDRESS=address",
                                "AGENT=agent"));
    }

    @Command(
            name = "card",
            description = "The signed card that introduces this agent to others.",
            footer = "%nExample: parley card > alice.card")
    int card(@Mixin Target target) throws CliException {
        return target.print(spec(), target.client().get("/card"), it -> Tree.text(it, "card"));
    }

    @Command(
            name = "tools",
            description =
                    "The tools that can be called: those of plugins, and the container's own.",
            footer = "%nExample: parley tools --json")
    int tools(@Mixin Target target) throws CliException {
        return target.print(
                spec(),
                target.client().get("/tools"),
                it ->
                        Table.of(
                                Tree.list(it, "tools"),
                                "No tools.",
                                "PLUGIN=plugin",
                                "TOOL=name",
                                "EFFECTS=effects",
                                "DESCRIPTION=description"));
    }

    @Command(
            name = "call",
            description = "Calls a tool and prints its answer.",
            footer = "%nExample: parley call hello greet '{\"name\":\"Ada\"}'")
    int call(
            @Mixin Target target,
            @Parameters(
                            paramLabel = "PLUGIN",
                            description = "an installed plugin, or parley.stores")
                    String plugin,
            @Parameters(paramLabel = "TOOL", description = "one of its tools") String tool,
            @Parameters(
                            arity = "0..1",
                            paramLabel = "JSON",
                            description = "its arguments, one object in single quotes",
                            defaultValue = "{}")
                    String arguments)
            throws CliException {
        Value given;
        try {
            given = Json.parse(arguments, 1 << 20);
        } catch (MalformedException e) {
            throw new CliException(
                    CliException.USAGE,
                    "MALFORMED_JSON",
                    "the arguments: " + e.getMessage(),
                    "write one JSON object in single quotes: '{\"name\":\"Ada\"}'");
        }
        return target.print(
                spec(),
                target.client()
                        .post("/tools/" + Paths.word(plugin) + "/" + Paths.word(tool), given),
                Json::pretty);
    }

    @Command(
            name = "doctor",
            description = "What this container runs on, how plugins are confined, what is wrong.",
            footer = "%nExample: parley doctor")
    int doctor(@Mixin Target target) throws CliException {
        return target.print(
                spec(),
                target.client().get("/doctor"),
                it ->
                        String.join(
                                "\n",
                                List.of(
                                        Table.card(
                                                it,
                                                "version=version",
                                                "java=java",
                                                "os=os",
                                                "pid=pid",
                                                "listen=listen",
                                                "network=network",
                                                "trust=trust"),
                                        Table.card(
                                                Tree.at(it, "sandbox"),
                                                "sandbox=tier",
                                                "why=why",
                                                "not stronger=stronger",
                                                "limits=limits",
                                                "cgroup=cgroup"),
                                        Table.card(
                                                Tree.at(it, "health"),
                                                "health=state",
                                                "why=why"))));
    }

    @Command(
            name = "log",
            description = "What a plugin wrote, oldest first.",
            footer = "%nExample: parley log hello")
    int log(
            @Mixin Target target,
            @Parameters(
                            paramLabel = "PLUGIN",
                            description = "an installed plugin, or parley.stores")
                    String plugin)
            throws CliException {
        return target.print(
                spec(),
                target.client().get("/plugins/" + Paths.word(plugin) + "/log"),
                it -> {
                    if (Tree.list(it, "lines").isEmpty()) {
                        return "It has written nothing since it was started.";
                    }
                    StringBuilder lines = new StringBuilder();
                    for (Value line : Tree.list(it, "lines")) {
                        String text = line instanceof Value.Text one ? one.value() : "";
                        lines.append(Tree.shown(text)).append('\n');
                    }
                    return lines.toString().stripTrailing();
                });
    }

    @Command(
            name = "down",
            description = "Stops the container and waits until it has ended.",
            footer = "%nExample: parley down --name alice")
    int down(@Mixin Target target) throws CliException {
        Value stopping = target.client().post("/shutdown", Value.map().build());
        long end = System.nanoTime() + STOP_LIMIT.toNanos();
        while (runs(target.folder())) {
            if (System.nanoTime() > end) {
                throw new CliException(
                        CliException.TIMEOUT,
                        "TIMEOUT",
                        "it has not ended after " + STOP_LIMIT.toSeconds() + " s",
                        "look into " + target.folder().resolve("logs"));
            }
            LockSupport.parkNanos(10_000_000);
        }
        return target.print(spec(), stopping, it -> "The container has stopped.");
    }

    /** Whether a container has the folder locked; the lock goes with its process. */
    private static boolean runs(Path folder) {
        try (FileChannel lock = FileChannel.open(folder.resolve("lock"), StandardOpenOption.WRITE);
                FileLock taken = lock.tryLock()) {
            return taken == null;
        } catch (OverlappingFileLockException e) {
            return true;
        } catch (IOException e) {
            return false; // no folder, no container
        }
    }
}
