package dev.parley.groups.api;

/** Something that was not done with a group; the reason is stable. */
public final class GroupException extends Exception {
    private static final long serialVersionUID = 1L;

    public static final String NEEDS_ADMIN =
            "a group must always have at least one admin; make another member an admin first";
    public static final String NEEDS_ADMIN_BEFORE_LEAVING =
            "a group must always have at least one admin; make another member an admin before"
                    + " leaving";

    public enum Reason {
        /** No group, member or invite like that is known here. */
        NOT_FOUND,
        /** Several groups have this name. */
        AMBIGUOUS,
        /** Only an admin may do this. */
        NOT_ALLOWED,
        /** {@link #NEEDS_ADMIN}, or {@link #NEEDS_ADMIN_BEFORE_LEAVING}. */
        LAST_ADMIN,
        /** We are no active member: see {@link GroupStatus}. */
        NOT_ACTIVE,
        /** A name, link, role or message that is not well formed, or is for another network. */
        INVALID,
        TOO_LARGE,
        /** The agent is a member already. */
        ALREADY_MEMBER,
        /** The invite's time is over. */
        INVITE_EXPIRED,
        /** The invite was used, taken back, or never made. */
        INVITE_REFUSED,
        /** No admin who knows the invite is connected. The join goes on by itself when one is. */
        NO_ADMIN,
        /** Too much waits. */
        BUSY,
        /** The disk failed. */
        DISK,
        /** The room stops. */
        CLOSED
    }

    private final Reason reason;

    public GroupException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
