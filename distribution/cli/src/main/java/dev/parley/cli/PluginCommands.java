package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parley plugins …}: finds, installs and runs plugins. */
@Command(
        name = "plugins",
        addMethodSubcommands = false, // see Main.commands
        description = "Finds, installs and runs plugins; without a verb, lists the installed ones.",
        footer = "%nExample: parley plugins install hello")
final class PluginCommands implements Callable<Integer> {
    private static final String REF =
            "a name, name@version, the start of a publisher's id and /name, or a descriptor's hash";
    private static final String NAME = "an installed plugin";

    @Spec CommandSpec spec = CommandSpec.create();

    @Mixin Target own = new Target();

    @Override
    public Integer call() throws CliException {
        return list(own);
    }

    @Command(
            name = "list",
            description = "The installed plugins.",
            footer = "%nExample: parley plugins list")
    int list(@Mixin Target target) throws CliException {
        return target.print(
                spec,
                target.client().get("/plugins"),
                it ->
                        Table.of(
                                Tree.list(it, "plugins"),
                                "No plugin is installed.",
                                "NAME=name",
                                "VERSION=version",
                                "STATE=state",
                                "TITLE=title",
                                "PUBLISHER=publisherWords"));
    }

    @Command(
            name = "search",
            description = "The plugins that peers announce.",
            footer = "%nExample: parley plugins search hello")
    int search(
            @Mixin Target target,
            @Parameters(
                            arity = "0..1",
                            paramLabel = "TEXT",
                            description = "part of a name, a title or a publisher",
                            defaultValue = "")
                    String text)
            throws CliException {
        return target.print(
                spec,
                target.client().get("/announcements?query=" + Paths.word(text)),
                it ->
                        Table.of(
                                Tree.list(it, "announcements"),
                                "Nothing that fits is announced here; it may take a second after"
                                        + " connecting, and 'parley peers' shows who is connected.",
                                "NAME=name",
                                "VERSION=version",
                                "TITLE=title",
                                "TRUST=trust",
                                "PUBLISHER=publisherWords",
                                "TOPIC=topic"));
    }

    @Command(
            name = "refused",
            description = "The last announcements that were not taken, and why.",
            footer = "%nExample: parley plugins refused")
    int refused(@Mixin Target target) throws CliException {
        return target.print(
                spec,
                target.client().get("/announcements/refused"),
                it ->
                        Table.of(
                                Tree.list(it, "refused"),
                                "No announcement was refused.",
                                "TIME=time",
                                "AUTHOR=authorWords",
                                "TOPIC=topic",
                                "CODE=code",
                                "WHY=message"));
    }

    @Command(
            name = "info",
            description = "Who publishes a plugin, what it asks for and how it would be confined.",
            footer = "%nExample: parley plugins info hello")
    int info(@Mixin Target target, @Parameters(paramLabel = "REF", description = REF) String ref)
            throws CliException {
        return target.print(spec, inspect(target.client(), ref), ConsentScreen::text);
    }

    private static Value inspect(Client client, String ref) throws CliException {
        return client.post("/plugins/inspect", Value.map().put("ref", ref).build());
    }

    @Command(
            name = "install",
            description = "Shows what a plugin asks for, then fetches, checks and starts it.",
            footer = "%nExample: parley plugins install hello --yes --trust known")
    int install(
            @Mixin Target target,
            @Parameters(paramLabel = "REF", description = REF) String ref,
            @Option(names = "--yes", description = "agree without being asked") boolean yes,
            @Option(
                            names = "--grant",
                            split = ",",
                            paramLabel = "PERMISSION",
                            description = "all (the default), none, or those you grant")
                    @Nullable List<String> grant,
            @Option(
                            names = "--trust",
                            paramLabel = "LEVEL",
                            description = "known or trusted: trusts its publisher so far")
                    @Nullable String trust)
            throws CliException {
        if (trust != null && !trust.equals("known") && !trust.equals("trusted")) {
            throw new CliException(
                    CliException.USAGE,
                    "ARGUMENTS_INVALID",
                    "--trust is '" + trust + "', expected known or trusted",
                    "");
        }
        Client client = target.client();
        Value offer = inspect(client, ref);
        if (!yes) {
            agree(target, offer, trust != null);
        }
        boolean all = grant == null || grant.equals(List.of("all"));
        Value permissions = all ? Value.of("all") : Value.texts(grant == null ? List.of() : grant);
        Value.MapBuilder body =
                Value.map()
                        .put(
                                "ref",
                                Tree.text(offer, "publisher")
                                        + "/"
                                        + Tree.text(offer, "descriptor"))
                        .put("consent", Value.map().put("permissions", permissions).build());
        if (trust != null) {
            body.put("trustPublisher", trust);
        }
        Value done;
        try (ProgressLine line =
                new ProgressLine(
                        spec.commandLine().getErr(), Boolean.getBoolean("parley.terminal"))) {
            done =
                    client.stream(
                            "/plugins/install",
                            body.build(),
                            progress -> {
                                if (!target.json) {
                                    line.show(progress);
                                }
                            });
        }
        return target.print(
                spec,
                done,
                it ->
                        "Installed "
                                + Tree.text(offer, "name")
                                + " "
                                + Tree.text(offer, "version")
                                + ". 'parley tools' lists what it can do.");
    }

    private void agree(Target target, Value offer, boolean trusts) throws CliException {
        Consent consent =
                Consent.of(
                        target,
                        "an install needs your consent",
                        "look at 'parley plugins info', then add --yes");
        consent.show(ConsentScreen.text(offer));
        if (!trusts && Tree.at(offer, "installable").equals(Value.FALSE)) {
            throw new CliException(
                    CliException.FAILED,
                    "PUBLISHER_UNKNOWN",
                    "its publisher "
                            + Tree.text(offer, "publisherWords")
                            + " is unknown here, so it cannot be installed",
                    "compare these words with its publisher, then install with --trust known");
        }
        consent.ask("Install it with these permissions?", "nothing was installed");
    }

    @Command(
            name = "uninstall",
            description = "Stops a plugin and removes it.",
            footer = "%nExample: parley plugins uninstall hello")
    int uninstall(
            @Mixin Target target, @Parameters(paramLabel = "NAME", description = NAME) String name)
            throws CliException {
        return target.print(
                spec,
                target.client().delete("/plugins/" + Paths.word(name)),
                it -> "Uninstalled " + name + ".");
    }

    @Command(
            name = "publish",
            description = "Signs a plugin and announces it.",
            footer = "%nExample: parley plugins publish hello.jar --topic plugins/demo")
    int publish(
            @Mixin Target target,
            @Parameters(paramLabel = "JAR", description = "what 'mvn package' built") Path jar,
            @Option(names = "--topic", description = "default: plugins/general")
                    @Nullable String topic)
            throws CliException {
        Value.MapBuilder body =
                Value.map().put("path", jar.toAbsolutePath().normalize().toString());
        if (topic != null) {
            body.put("topic", topic);
        }
        return target.print(
                spec,
                target.client().post("/plugins/publish", body.build()),
                it ->
                        Table.card(
                                it,
                                "name=name",
                                "version=version",
                                "sequence=sequence",
                                "topic=topic",
                                "descriptor=descriptor"));
    }

    @Command(
            name = "start",
            description = "Starts a plugin that is stopped or in quarantine.",
            footer = "%nExample: parley plugins start hello")
    int start(
            @Mixin Target target, @Parameters(paramLabel = "NAME", description = NAME) String name)
            throws CliException {
        return change(target, name, "start", "Started ");
    }

    @Command(
            name = "stop",
            description = "Stops a plugin until it is started.",
            footer = "%nExample: parley plugins stop hello")
    int stop(@Mixin Target target, @Parameters(paramLabel = "NAME", description = NAME) String name)
            throws CliException {
        return change(target, name, "stop", "Stopped ");
    }

    private int change(Target target, String name, String verb, String said) throws CliException {
        return target.print(
                spec,
                target.client()
                        .post("/plugins/" + Paths.word(name) + "/" + verb, Value.map().build()),
                it -> said + name + ".");
    }
}
