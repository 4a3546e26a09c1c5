package dev.parley.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The options of {@code parley up}. */
record Options(
        String name,
        Path data,
        String listen,
        List<String> peers,
        String network,
        String sandbox,
        boolean shell) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");
    private static final Pattern HOST_PORT =
            Pattern.compile("(\\[[0-9a-fA-F:]+]|[A-Za-z0-9.-]+):([0-9]{1,5})");

    static final String HELP =
            """
            Usage: parley up [--name N] [--listen HOST:PORT] [--peer HOST:PORT]... [--data DIR]
                             [--network ID] [--sandbox TIER] [--shell] [--detach]

            Runs a container in the foreground until it is told to stop (Ctrl-C or 'parley down').

              --name N            its name, default "main"; several may run on one machine
              --listen HOST:PORT  the UDP address for other containers, default 127.0.0.1:0 (any free port)
              --peer HOST:PORT    a container to stay connected to; may be given several times
              --data DIR          its folder, default ~/.parley/N
              --network ID        only containers of the same network connect, default parley.main
              --sandbox TIER      how plugins are confined: auto (the default: bubblewrap if it holds, else landlock),
                                  bubblewrap or landlock (that or no plugin), none (unconfined, as this user)
              --shell             a Gogo shell on this terminal
              --detach            return as soon as the container is ready

            Example: parley up --name alice --listen 0.0.0.0:4433
            """;

    static Options parse(List<String> words) throws UsageException {
        String name = "main";
        String data = "";
        String listen = "127.0.0.1:0";
        String network = "parley.main";
        String sandbox = "auto";
        boolean shell = false;
        List<String> peers = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            switch (word) {
                case "--name" ->
                        name =
                                matching(
                                        NAME,
                                        value(words, ++i, word),
                                        word,
                                        "a-z, 0-9 and '-', at most 32");
                case "--listen" -> listen = hostPort(value(words, ++i, word), word);
                case "--peer" -> peers.add(hostPort(value(words, ++i, word), word));
                case "--data" -> data = value(words, ++i, word);
                case "--network" -> network = value(words, ++i, word);
                case "--sandbox" -> sandbox = sandbox(value(words, ++i, word));
                case "--shell" -> shell = true;
                case "--detach" -> {} // the start script already put us into the background
                default ->
                        throw new UsageException(
                                "unknown option '" + word + "'; 'parley up --help' lists them");
            }
        }
        Path folder =
                data.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".parley", name)
                        : Path.of(data);
        return new Options(
                name, folder.toAbsolutePath().normalize(), listen, peers, network, sandbox, shell);
    }

    private static String value(List<String> words, int at, String option) throws UsageException {
        if (at >= words.size()) {
            throw new UsageException(option + " needs a value");
        }
        return words.get(at);
    }

    private static String sandbox(String tier) throws UsageException {
        if (!List.of("auto", "bubblewrap", "landlock", "none").contains(tier)) {
            throw new UsageException(
                    "--sandbox is '" + tier + "', expected auto, bubblewrap, landlock or none");
        }
        return tier;
    }

    private static String hostPort(String text, String option) throws UsageException {
        var match = HOST_PORT.matcher(text);
        if (!match.matches() || Integer.parseInt(match.group(2)) > 65535) {
            throw new UsageException(
                    option + " is '" + text + "', expected HOST:PORT, for example 127.0.0.1:4433");
        }
        return text;
    }

    private static String matching(Pattern pattern, String text, String option, String expected)
            throws UsageException {
        if (!pattern.matcher(text).matches()) {
            throw new UsageException(option + " is '" + text + "', expected " + expected);
        }
        return text;
    }
}
