package dev.parley.mls.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.interop.Participant.Ability;
import dev.parley.mls.interop.Participant.Epoch;
import dev.parley.mls.interop.Participant.Made;
import dev.parley.mls.interop.Participant.Wish;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * One group whose members are of two implementations. After each commit all of them have to agree
 * on the epoch and on an exported secret, and read what one of each implementation sends.
 */
final class Journey {
    private static final int MOST = 9;

    /** Makes a new participant of ours or of the other implementation. */
    interface Invitation {
        Participant make(String name, boolean ours) throws Exception;
    }

    private final Invitation invitation;
    private final Random random;
    private final List<Participant> members = new ArrayList<>();
    private final byte[] pskId = "shared before".getBytes(StandardCharsets.UTF_8);
    private final byte[] psk = new byte[32];
    private int born;

    Journey(Invitation invitation, long seed) {
        this.invitation = invitation;
        random = new Random(seed);
        random.nextBytes(psk);
    }

    private Participant newcomer(boolean ours) throws Exception {
        Participant made = invitation.make((ours ? "ours-" : "theirs-") + born++, ours);
        return made;
    }

    /** Everything that both can do, each of it by one of ours and by one of second. */
    void script(boolean oursFirst) throws Exception {
        Participant creator = newcomer(oursFirst);
        creator.create("journey".getBytes(StandardCharsets.UTF_8));
        members.add(creator);
        Participant other = add(creator, !oursFirst, false);
        Participant third = add(other, oursFirst, true);
        add(third, !oursFirst, false);
        for (Participant each : List.copyOf(members)) {
            commit(each, Wish.UPDATE);
            commit(each, Wish.UPDATE.inPublic());
        }
        outOfOrder();
        for (boolean ours : new boolean[] {true, false}) {
            Participant committer = one(ours);
            learnPsk();
            commit(committer, Wish.psk(pskId));
            addTwo(committer);
            proposals(committer, one(!ours), false);
            proposals(one(!ours), committer, true);
            externalCommit(ours);
            Participant leaver = last(!ours, committer);
            remove(committer, leaver);
        }
        while (members.size() > 2) {
            remove(members.get(0), members.get(members.size() - 1));
        }
        commit(members.get(1), Wish.UPDATE);
    }

    /** Steps in an order that the seed decides. */
    void walk(int steps) throws Exception {
        Participant creator = newcomer(random.nextBoolean());
        creator.create(("walk" + random.nextInt()).getBytes(StandardCharsets.UTF_8));
        members.add(creator);
        add(creator, !creator.ours(), random.nextBoolean());
        for (int i = 0; i < steps; i++) {
            Participant actor = members.get(random.nextInt(members.size()));
            boolean plain = random.nextBoolean();
            switch (random.nextInt(7)) {
                case 0 -> {
                    if (members.size() < MOST) {
                        add(actor, random.nextBoolean(), plain);
                    }
                }
                case 1 -> {
                    if (members.size() > 3) {
                        Participant leaver = members.get(random.nextInt(members.size()));
                        if (leaver != actor) {
                            remove(actor, leaver);
                        }
                    }
                }
                case 2 -> {
                    learnPsk();
                    commit(actor, Wish.psk(pskId));
                }
                case 3 -> {
                    Participant committer = members.get(random.nextInt(members.size()));
                    if (committer != actor && members.size() < MOST) {
                        proposals(actor, committer, plain);
                    }
                }
                case 4 -> outOfOrder();
                case 5 -> {
                    if (members.size() < MOST) {
                        externalCommit(random.nextBoolean());
                    }
                }
                default -> commit(actor, plain ? Wish.UPDATE.inPublic() : Wish.UPDATE);
            }
        }
    }

    private Participant one(boolean ours) {
        return members.stream().filter(it -> it.ours() == ours).findFirst().orElseThrow();
    }

    private boolean theirsCan(Ability ability) {
        return members.stream().allMatch(it -> it.ours() || it.can(ability));
    }

    private Participant last(boolean ours, Participant not) {
        return members.stream()
                .filter(it -> it.ours() == ours && it != not)
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    private void learnPsk() throws Exception {
        for (Participant each : members) {
            each.knowPsk(pskId, psk);
        }
    }

    private Participant add(Participant committer, boolean ours, boolean plain) throws Exception {
        Participant joiner = newcomer(ours);
        prepare(joiner);
        Wish wish = Wish.add(!joiner.can(Ability.JOIN_WITHOUT_PATH), joiner.keyPackage());
        Made made = commitWithout(committer, plain ? wish.inPublic() : wish, Optional.empty());
        joiner.join(made.welcome().orElseThrow());
        members.add(joiner);
        agree();
        return joiner;
    }

    /** When all have committed a path no leaf is unmerged. */
    private void prepare(Participant joiner) throws Exception {
        if (!joiner.can(Ability.JOIN_UNMERGED) && members.size() > 1) {
            for (Participant each : members) {
                commitWithout(each, Wish.UPDATE, Optional.empty());
            }
        }
    }

    private void addTwo(Participant committer) throws Exception {
        Participant ours = newcomer(true);
        Participant second = newcomer(!theirsCan(Ability.JOIN_UNMERGED));
        Wish wish =
                Wish.add(
                        !second.can(Ability.JOIN_WITHOUT_PATH),
                        ours.keyPackage(),
                        second.keyPackage());
        Made made = commitWithout(committer, wish, Optional.empty());
        ours.join(made.welcome().orElseThrow());
        second.join(made.welcome().orElseThrow());
        members.add(ours);
        members.add(second);
        agree();
    }

    private void remove(Participant committer, Participant leaver) throws Exception {
        commitWithout(committer, Wish.remove(leaver.leaf()), Optional.of(leaver));
        members.remove(leaver);
        agree();
    }

    private void commit(Participant committer, Wish wish) throws Exception {
        commitWithout(committer, wish, Optional.empty());
        agree();
    }

    private Made commitWithout(Participant committer, Wish wish, Optional<Participant> leaver)
            throws Exception {
        Made made = committer.commit(wish);
        for (Participant each : members) {
            if (each != committer && leaver.filter(it -> it == each).isEmpty()) {
                each.receive(made.commit());
            }
        }
        return made;
    }

    /** An add and an update, proposed by one and committed by another, by reference. */
    private void proposals(Participant proposer, Participant committer, boolean plain)
            throws Exception {
        // The committer's path leaves the new leaf unmerged below it and merged above.
        Participant joiner = newcomer(random.nextBoolean() || !theirsCan(Ability.JOIN_UNMERGED));
        Optional<Participant> leaver =
                members.size() < 4
                        ? Optional.empty()
                        : members.stream()
                                .filter(it -> it != proposer && it != committer)
                                .skip(members.size() - 3)
                                .findFirst();
        // Who is to be removed hears nothing of it: bcmls refuses its own removal.
        propose(proposer, proposer.proposeAdd(joiner.keyPackage(), plain), leaver);
        if (proposer.can(Ability.PROPOSE_UPDATE)) {
            propose(proposer, proposer.proposeUpdate(plain), leaver);
        }
        if (leaver.isPresent()) {
            propose(proposer, proposer.proposeRemove(leaver.get().leaf(), plain), leaver);
        }
        Made made = commitWithout(committer, Wish.UPDATE, leaver);
        leaver.ifPresent(members::remove);
        joiner.join(made.welcome().orElseThrow());
        members.add(joiner);
        agree();
    }

    private void propose(Participant proposer, byte[] message, Optional<Participant> leaver)
            throws Exception {
        for (Participant each : members) {
            if (each != proposer && leaver.filter(it -> it == each).isEmpty()) {
                each.receive(message);
            }
        }
    }

    private void externalCommit(boolean ours) throws Exception {
        Participant joiner = newcomer(ours);
        Optional<Participant> teller =
                members.stream()
                        .filter(it -> it.can(Ability.EXTERNAL_COMMIT) && it.ours() != ours)
                        .findFirst()
                        .or(
                                () ->
                                        members.stream()
                                                .filter(it -> it.can(Ability.EXTERNAL_COMMIT))
                                                .findFirst());
        if (!joiner.can(Ability.EXTERNAL_COMMIT) || teller.isEmpty()) {
            return;
        }
        byte[] commit = joiner.joinByCommit(teller.get().groupInfo());
        for (Participant each : members) {
            each.receive(commit);
        }
        members.add(joiner);
        agree();
    }

    /** Three messages of one sender, read as third, first, second. */
    private void outOfOrder() throws Exception {
        for (Participant sender : members) {
            List<byte[]> sent = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                sent.add(sender.encrypt(new byte[] {(byte) i}, new byte[] {7}));
            }
            for (Participant reader : members) {
                for (int i : new int[] {2, 0, 1}) {
                    if (reader != sender) {
                        assertThat(
                                        reader.decrypt(sent.get(i))
                                                .is(new byte[] {(byte) i}, new byte[] {7}))
                                .isTrue();
                    }
                }
            }
        }
    }

    private void agree() throws Exception {
        Epoch expected = members.get(0).epoch();
        byte[] exported = members.get(0).export("journey", new byte[] {1, 2}, 48);
        for (Participant each : members) {
            assertThat(each.epoch()).as(each.name()).isEqualTo(expected);
            assertThat(each.export("journey", new byte[] {1, 2}, 48))
                    .as(each.name())
                    .isEqualTo(exported);
        }
        for (boolean ours : new boolean[] {true, false}) {
            List<Participant> senders = members.stream().filter(it -> it.ours() == ours).toList();
            if (!senders.isEmpty()) {
                speak(senders.get(random.nextInt(senders.size())));
            }
        }
    }

    private void speak(Participant sender) throws Exception {
        byte[] content = new byte[random.nextInt(300)];
        random.nextBytes(content);
        byte[] data = new byte[random.nextInt(5)];
        random.nextBytes(data);
        byte[] message = sender.encrypt(content, data);
        for (Participant reader : members) {
            if (reader != sender) {
                assertThat(reader.decrypt(message).is(content, data))
                        .as("%s reads %s", reader.name(), sender.name())
                        .isTrue();
            }
        }
    }
}
