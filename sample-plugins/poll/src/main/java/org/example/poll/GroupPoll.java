package org.example.poll;

import dev.parley.plugin.GroupMessage;
import dev.parley.plugin.GroupMessages;
import dev.parley.plugin.GroupsPermission;
import dev.parley.plugin.Plugin;
import dev.parley.plugin.PluginContext;
import dev.parley.plugin.PluginException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps nothing itself: questions and votes are messages of the group, which only its members can write and read. What
 * somebody voted is what the messages of that agent say, so nobody votes for another, and a message that makes no sense
 * is passed over.
 */
@Plugin(name = "poll", title = "Poll", description = "Asks the members of the group 'team', and counts their votes.")
@GroupsPermission(groups = GroupPoll.GROUP, reason = "sends questions and votes, and counts those of others")
public final class GroupPoll implements Poll {
    static final String GROUP = "team";
    private static final String QUESTION = "application/vnd.example.poll-question";
    private static final String VOTE = "application/vnd.example.poll-vote";
    private static final int MAX_CHARS = 200;
    private static final int PAGE = 1000;

    private final PluginContext context;
    private final GroupMessages group;
    private boolean listening;

    public GroupPoll(PluginContext context) {
        this.context = context;
        this.group = context.group(GROUP);
    }

    /** Says in the log who voted. When the plugin starts the group may not be there yet. */
    private synchronized void listen() throws PluginException {
        if (!listening) {
            group.listen(message -> {
                if (message.type().equals(VOTE)) {
                    context.log(message.author() + " voted");
                }
            });
            listening = true;
        }
    }

    @Override
    public Standing ask(String question, List<String> options) throws PluginException {
        options.forEach(GroupPoll::line);
        if (options.size() < 2 || options.size() > 10 || options.stream().distinct().count() < options.size()) {
            throw new IllegalArgumentException("expected 2 to 10 options, all different, found " + options);
        }
        return find(send(QUESTION, line(question) + "\n" + String.join("\n", options)));
    }

    @Override
    public Standing vote(String poll, String option) throws PluginException {
        Standing found = find(poll);
        if (!found.votes().containsKey(option)) {
            throw new IllegalArgumentException(
                    "'" + option + "' is no option, expected one of " + found.votes().keySet());
        }
        send(VOTE, found.id() + "\n" + option);
        return find(found.id());
    }

    @Override
    public List<Standing> polls() throws PluginException {
        listen();
        List<GroupMessage> all = new ArrayList<>();
        long after = 0;
        for (List<GroupMessage> page = group.since(after, PAGE); !page.isEmpty(); page = group.since(after, PAGE)) {
            all.addAll(page);
            after = page.get(page.size() - 1).sequence();
        }
        // As they came here is different everywhere; in this order all containers count the same votes.
        all.sort(Comparator.comparing(GroupMessage::order));
        Map<String, Question> questions = new LinkedHashMap<>();
        all.forEach(it -> question(it, lines(it), questions));
        all.forEach(it -> choice(it, lines(it), questions));
        return questions.values().stream().map(Question::standing).toList();
    }

    private String send(String type, String text) throws PluginException {
        return group.send(type, text.getBytes(StandardCharsets.UTF_8)).id();
    }

    private static String line(String text) {
        if (text.isBlank() || text.length() > MAX_CHARS || text.lines().count() != 1) {
            throw new IllegalArgumentException("expected one line of 1 to " + MAX_CHARS + " characters");
        }
        return text;
    }

    private Standing find(String poll) throws PluginException {
        List<Standing> found = polls().stream()
                .filter(it -> it.id().equals(poll) || it.question().equals(poll))
                .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException(found.size() + " polls are '" + poll + "', expected one");
        }
        return found.get(0);
    }

    private record Question(String id, String text, List<String> options, Map<String, String> choices) {
        Standing standing() {
            Map<String, Integer> votes = new LinkedHashMap<>();
            options.forEach(it -> votes.put(it, 0));
            choices.values().forEach(it -> votes.merge(it, 1, Integer::sum));
            return new Standing(id, text, votes);
        }
    }

    private static List<String> lines(GroupMessage message) {
        return new String(message.payload(), StandardCharsets.UTF_8).lines().limit(11).toList();
    }

    private static void question(GroupMessage message, List<String> lines, Map<String, Question> questions) {
        if (message.type().equals(QUESTION) && lines.size() >= 3) {
            List<String> options = lines.subList(1, lines.size()).stream().distinct().toList();
            questions.put(message.id(), new Question(message.id(), lines.get(0), options, new HashMap<>()));
        }
    }

    private static void choice(GroupMessage message, List<String> lines, Map<String, Question> questions) {
        Question question = message.type().equals(VOTE) && lines.size() == 2 ? questions.get(lines.get(0)) : null;
        if (question != null && question.options().contains(lines.get(1))) {
            question.choices().put(message.author(), lines.get(1));
        }
    }
}
