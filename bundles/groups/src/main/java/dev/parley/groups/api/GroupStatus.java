package dev.parley.groups.api;

/** How this container stands to a group. */
public enum GroupStatus {
    /** We asked to join, and no welcome has come yet. */
    JOINING,
    ACTIVE,
    /** Others went on without us; we wait for somebody who lets us catch up. */
    CATCHING_UP,
    /** We said that we leave, and no admin has taken us out yet. */
    LEAVING,
    /** An admin took us out. What we read before is still here. */
    REMOVED,
    /** An admin ended the group. What was said is still here. */
    CLOSED,
    /** Its state on this disk cannot be used; the log of the container says why. */
    DAMAGED
}
