package dev.parley.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code docs/layers.txt}: which room may import which packages. */
record Layers(Map<String, Room> rooms) {
    private static final List<String> FREE = List.of("java.", "javax.", "org.osgi.");
    private static final Pattern OURS = Pattern.compile("dev\\.parley\\.([a-z]+)(?:\\.(.*))?");

    /** One line of the file. */
    record Room(String name, int floor, List<String> allowed) {}

    static Layers read(Path file) throws IOException {
        Map<String, Room> rooms = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            List<String> words = List.of(line.trim().split(" +"));
            rooms.put(
                    words.get(0),
                    new Room(
                            words.get(0),
                            Integer.parseInt(words.get(1)),
                            words.subList(2, words.size())));
        }
        return new Layers(rooms);
    }

    /**
     * @return one sentence per import that a rule forbids
     */
    List<String> broken(String room, List<String> imports) {
        Room here = rooms.get(room);
        if (here == null) {
            return List.of(room + " stands in no line of docs/layers.txt: give it a floor");
        }
        List<String> broken = new ArrayList<>();
        for (String name : imports) {
            why(here, name).ifPresent(why -> broken.add(room + " imports " + name + ": " + why));
        }
        return broken;
    }

    private Optional<String> why(Room here, String name) {
        Matcher ours = OURS.matcher(name);
        if (ours.matches() && !ours.group(1).equals(here.name())) {
            Room there = rooms.get(ours.group(1));
            if (there == null) {
                return Optional.of("no such room stands in docs/layers.txt");
            }
            boolean open = name.equals("dev.parley.plugin") || "api".equals(ours.group(2));
            if (!open) {
                return Optional.of("only the .api of another room may be used");
            }
            if (there.floor() >= here.floor()) {
                return Optional.of(
                        there.name()
                                + " is on floor "
                                + there.floor()
                                + ", only floors below "
                                + here.floor()
                                + " may be used");
            }
        }
        boolean allowed =
                FREE.stream().anyMatch(name::startsWith)
                        || ours.matches() && ours.group(1).equals(here.name())
                        || here.allowed().stream().anyMatch(rule -> covers(rule, name));
        return allowed ? Optional.empty() : Optional.of("its line does not name it");
    }

    private static boolean covers(String rule, String name) {
        return rule.endsWith(".*")
                ? (name + ".").startsWith(rule.substring(0, rule.length() - 1))
                : name.equals(rule);
    }
}
