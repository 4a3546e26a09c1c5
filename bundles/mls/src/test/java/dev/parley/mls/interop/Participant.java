package dev.parley.mls.interop;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One who takes part in a group, of whatever implementation. Messages are whole {@code MLSMessage}
 * structures. What fails throws; what an implementation cannot do is asked for before.
 */
interface Participant {
    enum Ability {
        /** To propose new keys for its own leaf. */
        PROPOSE_UPDATE,
        /** To join by an external commit, and to give the group info for one. */
        EXTERNAL_COMMIT,
        /** To join where nodes above an unmerged leaf list different ones (section 12.4.3.1). */
        JOIN_UNMERGED,
        /** To join by a commit without a path, and go on. */
        JOIN_WITHOUT_PATH
    }

    /** What a commit is to do; all proposals that are queued come with it. */
    record Wish(
            List<byte[]> adds,
            List<Integer> removes,
            List<byte[]> psks,
            boolean path,
            boolean publicMessage) {
        static final Wish UPDATE = new Wish(List.of(), List.of(), List.of(), false, false);

        static Wish add(boolean path, byte[]... keyPackages) {
            return new Wish(List.of(keyPackages), List.of(), List.of(), path, false);
        }

        static Wish remove(int leaf) {
            return new Wish(List.of(), List.of(leaf), List.of(), false, false);
        }

        static Wish psk(byte[] id) {
            return new Wish(List.of(), List.of(), List.of(id), false, false);
        }

        Wish inPublic() {
            return new Wish(adds, removes, psks, path, true);
        }
    }

    record Made(byte[] commit, Optional<byte[]> welcome) {}

    /** What all members of one epoch have to agree on. */
    record Epoch(long number, String authenticator, String transcript, String treeHash) {
        static Epoch of(long number, byte[] authenticator, byte[] transcript, byte[] treeHash) {
            HexFormat hex = HexFormat.of();
            return new Epoch(
                    number,
                    hex.formatHex(authenticator),
                    hex.formatHex(transcript),
                    hex.formatHex(treeHash));
        }
    }

    record Plain(byte[] content, Optional<byte[]> authenticatedData) {
        boolean is(byte[] expected, byte[] expectedData) {
            return Arrays.equals(content, expected)
                    && authenticatedData.map(it -> Arrays.equals(it, expectedData)).orElse(true);
        }
    }

    String name();

    boolean ours();

    /** What it can do of what only some can. */
    Set<Ability> abilities();

    default boolean can(Ability ability) {
        return abilities().contains(ability);
    }

    byte[] keyPackage() throws Exception;

    void knowPsk(byte[] id, byte[] secret) throws Exception;

    void create(byte[] groupId) throws Exception;

    void join(byte[] welcome) throws Exception;

    byte[] joinByCommit(byte[] groupInfo) throws Exception;

    Made commit(Wish wish) throws Exception;

    byte[] proposeAdd(byte[] keyPackage, boolean publicMessage) throws Exception;

    byte[] proposeRemove(int leaf, boolean publicMessage) throws Exception;

    byte[] proposeUpdate(boolean publicMessage) throws Exception;

    void receive(byte[] handshake) throws Exception;

    byte[] encrypt(byte[] content, byte[] authenticatedData) throws Exception;

    Plain decrypt(byte[] message) throws Exception;

    byte[] groupInfo() throws Exception;

    int leaf() throws Exception;

    Epoch epoch() throws Exception;

    byte[] export(String label, byte[] context, int length) throws Exception;
}
