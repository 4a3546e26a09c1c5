package dev.parley.crdt.api;

/** What an object is ({@code 0010-crdt-changes}); the order is the number on the wire. */
public enum ObjectType {
    MAP,
    /** Last writer wins. */
    REGISTER,
    /** Keeps what all concurrent writers wrote. */
    MULTI_REGISTER,
    COUNTER,
    /** Never below zero, also offline. */
    ESCROW,
    FLAG_ENABLE_WINS,
    FLAG_DISABLE_WINS,
    SET_ADD_WINS,
    SET_REMOVE_WINS,
    TEXT,
    LIST,
    TREE,
    TASKS;

    private static final ObjectType[] ALL = values();

    /**
     * @throws MalformedException if no type has the number
     */
    public static ObjectType of(int number) throws MalformedException {
        if (number < 0 || number >= ALL.length) {
            throw new MalformedException("object type " + number + ", expected 0 to 12");
        }
        return ALL[number];
    }
}
