package dev.parley.benchmarks.crdt;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * What crdt-benchmarks of dmonad measures, as {@code peers.mjs} does it with the other libraries
 * and the same pseudo-random numbers. Each edit is a change of its own, encoded and hashed.
 */
final class Scenarios {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
    private static final Path VALUE = Path.ROOT.at("v", ObjectType.REGISTER);
    private static final byte[] UNSIGNED = {};

    /** A linear congruential generator of 32 bits. */
    private static final class Numbers {
        private int state;

        Numbers(int seed) {
            state = seed;
        }

        int below(int bound) {
            state = state * 1_664_525 + 1_013_904_223;
            return (int) (Integer.toUnsignedLong(state) / 4_294_967_296.0 * bound);
        }
    }

    private interface Write {
        void by(Replica replica, Id author, List<SignedChange> out) throws RefusedException;
    }

    private final StoreInfo info;
    private long clock = CrdtBenchmark.NOW;

    Scenarios(StoreInfo info) {
        this.info = info;
    }

    /**
     * @return what came out of it
     */
    Replica run(String name, int n) throws RefusedException {
        return switch (name) {
            case "B1.1" -> alone((replica, author, out) -> append(replica, author, n));
            case "B1.3" ->
                    alone(
                            (replica, author, out) -> {
                                for (int i = 0; i < n; i++) {
                                    edit(replica, author, 0, 0, letter(i), out);
                                }
                            });
            case "B1.4" -> alone((replica, author, out) -> anywhere(replica, author, n, 1, out));
            case "B1.7" -> alone((replica, author, out) -> words(replica, author, n, out));
            case "B2.2" ->
                    exchange(
                            2,
                            (replica, author, user, out) ->
                                    anywhere(replica, author, n, 3 + user, out));
            case "B3.1" ->
                    exchange(
                            (int) (20 * Math.sqrt(n)),
                            (replica, author, user, out) ->
                                    out.add(
                                            replica.transact(
                                                    author,
                                                    clock++,
                                                    id -> UNSIGNED,
                                                    it -> it.set(VALUE, Scalar.of(user)))));
            case "B3.4" ->
                    exchange(
                            (int) (20 * Math.sqrt(n)),
                            (replica, author, user, out) ->
                                    edit(replica, author, 0, 0, Integer.toString(user), out));
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static String letter(int i) {
        return LETTERS.substring(i % 26, i % 26 + 1);
    }

    private Replica alone(Write write) throws RefusedException {
        Replica replica = Replica.create(info);
        write.by(replica, Trace.author(1), new ArrayList<>());
        return replica;
    }

    private void edit(
            Replica replica, Id author, int at, int deleted, String text, List<SignedChange> out)
            throws RefusedException {
        Trace.Edit edit = new Trace.Edit(at, deleted, text);
        out.add(replica.transact(author, clock++, id -> UNSIGNED, edit::apply));
    }

    private void append(Replica replica, Id author, int n) throws RefusedException {
        List<SignedChange> out = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            edit(replica, author, i, 0, letter(i), out);
        }
    }

    private void anywhere(Replica replica, Id author, int n, int seed, List<SignedChange> out)
            throws RefusedException {
        Numbers numbers = new Numbers(seed);
        for (int i = 0; i < n; i++) {
            edit(replica, author, numbers.below(i + 1), 0, letter(i), out);
        }
    }

    private void words(Replica replica, Id author, int n, List<SignedChange> out)
            throws RefusedException {
        Numbers numbers = new Numbers(2);
        int length = 0;
        for (int i = 0; i < n; i++) {
            int at = numbers.below(length + 1);
            if (length == at || numbers.below(2) == 1) {
                String word = LETTERS.substring(0, 1 + numbers.below(8));
                edit(replica, author, at, 0, word, out);
                length += word.length();
            } else {
                int some = Math.min(1 + numbers.below(8), length - at);
                edit(replica, author, at, some, "", out);
                length -= some;
            }
        }
    }

    private interface UserWrite {
        void by(Replica replica, Id author, int user, List<SignedChange> out)
                throws RefusedException;
    }

    private Replica exchange(int users, UserWrite write) throws RefusedException {
        List<SignedChange> all = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            write.by(Replica.create(info), Trace.author(user + 1), user, all);
        }
        Replica merged = Replica.create(info);
        for (SignedChange change : all) {
            merged.receive(new SignedChange(change.body(), UNSIGNED), clock);
        }
        return merged;
    }

    /** So many authors, each with one change, which all insert at one place. */
    List<SignedChange> crowd(int authors) throws RefusedException {
        List<SignedChange> all = new ArrayList<>();
        for (int i = 0; i < authors; i++) {
            edit(Replica.create(info), Trace.author(i + 1), 0, 0, letter(i), all);
        }
        return all;
    }
}
