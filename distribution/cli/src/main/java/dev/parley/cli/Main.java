package dev.parley.cli;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code parley} command; {@code up} and {@code demo} are run by the start script. */
@Command(
        name = "parley",
        mixinStandardHelpOptions = true,
        version = "parley 0.1.0",
        description = "Finds, installs and calls plugins that peers announce.",
        addMethodSubcommands = false, // see commands()
        footer = {
            "",
            "And of the start script:",
            "  up        Starts a container; 'parley up --help' lists its options.",
            "  demo      Plays the main job with four containers.",
            "",
            "Exit codes: 0 done, 1 refused or failed, 2 wrong words,",
            "3 no container is running, 4 not authorised, 5 no answer in time.",
            "",
            "Example: parley status --name alice"
        })
public final class Main extends SystemCommands {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    CommandSpec spec() {
        return spec;
    }

    public static void main(String[] words) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(List.of(words), out, err));
    }

    /** Runs one command; what it returns is the exit code. */
    static int run(List<String> words, PrintWriter out, PrintWriter err) {
        CommandLine line = commands(words);
        line.setOut(out).setErr(err);
        line.setExecutionExceptionHandler(
                (failure, command, parsed) -> {
                    if (failure instanceof CliException e) {
                        boolean json = words.contains("--json");
                        return report(e, json, json ? out : err);
                    }
                    throw failure;
                });
        return line.execute(words.toArray(new String[0]));
    }

    /**
     * Only what these words name: reading the annotations of all commands takes longer than running
     * one. Words that name none get all of them, for help and for suggestions.
     */
    static CommandLine commands(List<String> words) {
        CommandLine line = new CommandLine(new Main());
        String word = words.isEmpty() ? "" : words.get(0);
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        switch (word) {
            case "plugins" -> line.addSubcommand(group(new PluginCommands(), rest));
            case "contacts" -> line.addSubcommand(group(new ContactCommands(), rest));
            case "store" -> line.addSubcommand(group(new StoreCommands(), rest));
            case "doc" -> line.addSubcommand(group(new DocCommands(), rest));
            case "task" -> line.addSubcommand(group(new TaskCommands(), rest));
            case "group" -> line.addSubcommand(group(new GroupCommands(), rest));
            case "tree" -> line.addSubcommand(group(new TreeCommands(), rest));
            default -> {
                if (!add(line, SystemCommands.class, word)) {
                    line.addSubcommand(group(new PluginCommands(), List.of()));
                    line.addSubcommand(group(new ContactCommands(), List.of()));
                    line.addSubcommand(group(new StoreCommands(), List.of()));
                    line.addSubcommand(group(new DocCommands(), List.of()));
                    line.addSubcommand(group(new TaskCommands(), List.of()));
                    line.addSubcommand(group(new TreeCommands(), List.of()));
                    line.addSubcommand(group(new GroupCommands(), List.of()));
                }
            }
        }
        return line;
    }

    private static CommandLine group(Object commands, List<String> words) {
        CommandLine line = new CommandLine(commands);
        add(line, commands.getClass(), words.isEmpty() ? "" : words.get(0));
        return line;
    }

    /**
     * @return whether one of these commands has that name; if none has, all are added
     */
    private static boolean add(CommandLine line, Class<?> commands, String name) {
        List<Method> methods = CommandLine.getCommandMethods(commands, null);
        List<Method> named =
                methods.stream()
                        .filter(it -> it.getAnnotation(Command.class).name().equals(name))
                        .toList();
        (named.isEmpty() ? methods : named).forEach(it -> line.addSubcommand(new CommandLine(it)));
        return !named.isEmpty();
    }

    private static int report(CliException e, boolean json, PrintWriter to) {
        String message = String.valueOf(e.getMessage());
        if (json) {
            Value error =
                    Value.map()
                            .put("code", e.code())
                            .put("message", message)
                            .put("hint", e.hint())
                            .build();
            to.println(Json.write(Value.map().put("error", error).build()));
        } else {
            to.println("parley: " + message + " (" + e.code() + ")");
            if (!e.hint().isEmpty()) {
                to.println("parley: " + e.hint());
            }
        }
        return e.exitCode();
    }
}
