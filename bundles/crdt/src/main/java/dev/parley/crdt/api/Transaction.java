package dev.parley.crdt.api;

/**
 * Writes that become one change. Each is seen by the next. Only valid inside {@link Replica.Edit};
 * positions count code points.
 */
public interface Transaction {
    /** The state with what this transaction did so far. */
    State state();

    /** How many operations it has done so far. */
    int size();

    /** Gives the author a role, which only an admin may; such a change does nothing else. */
    void role(Id agent, Role role) throws RefusedException;

    /**
     * Shreds a key: what is sealed with it is expunged, everywhere and for ever. Its author may,
     * and an admin; such a change does nothing else.
     */
    void shred(KeyId key) throws RefusedException;

    /** Makes a map be there, also empty. */
    void put(Path map) throws RefusedException;

    /** Forgets what is under the path. */
    void clear(Path path) throws RefusedException;

    void set(Path register, Scalar value) throws RefusedException;

    void increment(Path counter, long amount) throws RefusedException;

    void mint(Path escrow, long amount) throws RefusedException;

    void spend(Path escrow, long amount) throws RefusedException;

    void transfer(Path escrow, Id to, long amount) throws RefusedException;

    void flag(Path flag, boolean value) throws RefusedException;

    void add(Path set, Scalar value) throws RefusedException;

    /**
     * @param value as it is shown: of sealed ones all that open to it are removed
     */
    void remove(Path set, Scalar value) throws RefusedException;

    TextEditor text(Path text);

    ListEditor list(Path list);

    /** Changes a tree. Only valid inside this transaction. */
    TreeEditor tree(Path tree);

    /** Changes a list of tasks. Only valid inside this transaction. */
    TasksEditor tasks(Path tasks);
}
