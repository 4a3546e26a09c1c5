package dev.parley.crdt.api;

import java.util.List;
import java.util.Random;

/** Random edits of objects of every type, on branches too. */
final class RandomEdits {
    static final Path REGISTER = Path.ROOT.at("title", ObjectType.REGISTER);
    static final Path MULTI = Path.ROOT.at("title", ObjectType.MULTI_REGISTER);
    static final Path COUNTER = Path.ROOT.map("stats").at("visits", ObjectType.COUNTER);
    static final Path ESCROW = Path.ROOT.at("stock", ObjectType.ESCROW);
    static final Path ENABLE = Path.ROOT.at("open", ObjectType.FLAG_ENABLE_WINS);
    static final Path DISABLE = Path.ROOT.at("safe", ObjectType.FLAG_DISABLE_WINS);
    static final Path ADD_WINS = Path.ROOT.at("tags", ObjectType.SET_ADD_WINS);
    static final Path TEXT = Path.ROOT.map("docs").at("body", ObjectType.TEXT);
    static final Path LIST = Path.ROOT.at("items", ObjectType.LIST);
    static final Path REMOVE_WINS = Path.ROOT.at("bans", ObjectType.SET_REMOVE_WINS);

    private RandomEdits() {}

    /** Somebody writes, or gets what another one has. */
    static void step(Random random, Replicas replicas) {
        Replicas.Peer peer = replicas.peers.get(random.nextInt(replicas.peers.size()));
        if (random.nextInt(3) == 0) {
            Replicas.pull(peer, replicas.peers.get(random.nextInt(replicas.peers.size())));
            return;
        }
        write(random, peer, replicas);
    }

    static void write(Random random, Replicas.Peer peer, Replicas replicas) {
        if (random.nextBoolean()) {
            ModelTest.write(random, peer, replicas, false);
            return;
        }
        try {
            peer.write(it -> edit(random, it));
        } catch (RefusedException e) {
            // A share was too small, or nothing was done.
        }
    }

    static void edit(Random random, Transaction it) throws RefusedException {
        Scalar value = Scalar.of(random.nextInt(5));
        for (int i = random.nextInt(3); i >= 0; i--) {
            switch (random.nextInt(24)) {
                case 0 -> it.set(REGISTER, value);
                case 1 -> it.set(MULTI, value);
                case 2 -> it.increment(COUNTER, random.nextInt(9) - 4);
                case 3 -> it.mint(ESCROW, 1 + random.nextInt(5));
                case 4 -> it.spend(ESCROW, 1 + random.nextInt(2));
                case 5 -> it.flag(ENABLE, random.nextBoolean());
                case 6 -> it.flag(DISABLE, random.nextBoolean());
                case 7 -> it.add(ADD_WINS, value);
                case 8 -> it.remove(ADD_WINS, value);
                case 9 -> it.add(REMOVE_WINS, value);
                case 10 -> it.remove(REMOVE_WINS, value);
                case 11 ->
                        it.clear(
                                List.of(Path.ROOT, COUNTER, REGISTER, ADD_WINS, TEXT, LIST)
                                        .get(random.nextInt(6)));
                case 12, 13, 14, 15 -> {
                    TextEditor text = it.text(TEXT);
                    text.insert(random.nextInt(text.length() + 1), "ab\uD83D\uDE00c");
                }
                case 16, 17, 18 -> {
                    TextEditor text = it.text(TEXT);
                    int from = random.nextInt(text.length() + 1);
                    text.delete(from, Math.min(3, text.length() - from));
                }
                case 19, 20 -> {
                    ListEditor list = it.list(LIST);
                    list.insert(random.nextInt(list.size() + 1), value);
                }
                default -> {
                    ListEditor list = it.list(LIST);
                    if (list.size() > 0) {
                        int at = random.nextInt(list.size());
                        switch (random.nextInt(3)) {
                            case 0 -> list.move(at, random.nextInt(list.size()));
                            case 1 -> list.replace(at, value);
                            default -> list.drop(at);
                        }
                    }
                }
            }
        }
    }
}
