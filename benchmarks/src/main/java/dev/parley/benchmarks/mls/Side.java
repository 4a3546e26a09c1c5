package dev.parley.benchmarks.mls;

/**
 * One implementation, with two members of a group that both can follow each other: what one sends
 * the other reads. Commits are public messages, because bcmls cannot read a private one twice.
 */
interface Side {
    String name();

    /** A group of that many, of which each has committed a path but the last two at most. */
    void build(int members) throws Exception;

    /** A group of one, with new keys for its leaf. */
    void create() throws Exception;

    /** Made anew for each {@link #addCommit}. */
    void newKeyPackage() throws Exception;

    /** One member adds the newcomer, with a new path and a welcome that has the tree inside. */
    void addCommit() throws Exception;

    /** The other member reads that commit, and forgets what came of it. */
    void processAdd() throws Exception;

    /** The newcomer reads the welcome, and forgets what came of it. */
    void join() throws Exception;

    /** One member commits a new path. */
    void updateCommit() throws Exception;

    void processUpdate() throws Exception;

    /** Both go on to the new epoch and change places. Not measured. */
    void advance() throws Exception;

    /** One member encrypts 1 KiB. */
    void encrypt() throws Exception;

    void decrypt() throws Exception;

    /** A state that shares nothing with another. */
    Object freshState() throws Exception;

    /** The last bytes of that kind. */
    int commitBytes();

    int welcomeBytes();

    int keyPackageBytes();

    int messageBytes();
}
