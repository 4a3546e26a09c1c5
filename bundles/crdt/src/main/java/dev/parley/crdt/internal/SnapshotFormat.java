package dev.parley.crdt.internal;

/** Numbers of a snapshot ({@code docs/protocols/0010-crdt-changes.md}, Checkpoint). */
final class SnapshotFormat {
    static final int VERSION = 3;
    static final int MAX_RAW_BYTES = 1 << 30;
    static final int MAX_CHANGES = 1 << 24;
    static final int MAX_LINES = 1 << 20;

    /** In flags: the text of deleted elements is in it. */
    static final int DELETED_TEXT = 1;

    /** Columns; all are critical, so odd. */
    static final int LINES = 1;

    static final int LINE = 3;
    static final int LENGTH = 5;
    static final int MILLIS = 7;
    static final int COUNTER = 9;
    static final int DEPENDENCY_COUNT = 11;
    static final int DEPENDENCY = 13;
    static final int VOID = 15;
    static final int ID = 17;
    static final int ROLES = 19;
    static final int OBJECTS = 21;
    static final int APART = 23;
    static final int APART_HASH = 25;
    static final int SHREDS = 27;

    private SnapshotFormat() {}
}
