package dev.parley.crdt.internal;

/** Numbers of a history file ({@code docs/protocols/0010-crdt-changes.md}, History file). */
final class HistoryFormat {
    static final int VERSION = 1;

    /** More is refused; a run of equal rows costs next to nothing in a file. */
    static final int MAX_CHANGES = 1 << 24;

    static final int MAX_TABLE = 1 << 20;

    /** Columns; all are critical, so odd. */
    static final int TABLES = 1;

    static final int AUTHOR = 3;
    static final int PREV = 5;
    static final int DEPENDENCY_COUNT = 7;
    static final int DEPENDENCY = 9;
    static final int MILLIS = 11;
    static final int COUNTER = 13;
    static final int MESSAGE = 15;
    static final int OPERATION_COUNT = 17;
    static final int ACTION = 19;
    static final int OBJECT = 21;
    static final int REFERENCE_AGENT = 23;
    static final int REFERENCE_NUMBER = 25;
    static final int INSERT_PLACE = 27;
    static final int INSERT_POSITION = 29;
    static final int INSERT_LENGTH = 31;
    static final int INSERT_TEXT = 33;
    static final int DELETE_PLACE = 35;
    static final int DELETE_POSITION = 37;
    static final int DELETE_RUN = 39;
    static final int VALUE = 41;
    static final int ID = 43;
    static final int SIGNED_ROW = 45;
    static final int SIGNATURE_LENGTH = 47;
    static final int SIGNATURE = 49;

    /** How the place of an insertion is written. */
    static final int BY_POSITION = 0;

    /** The right origin is the one that the left origin came with. */
    static final int LIKE_LEFT = 1;

    static final int RIGHT_NAMED = 2;
    static final int BOTH_NAMED = 3;

    static final int INSERT = 12;
    static final int DELETE = 13;

    private HistoryFormat() {}
}
