package dev.parley.groups.api;

import java.util.Locale;

/** What a member may do. */
public enum GroupRole {
    /** Invites, admits, removes, gives roles, renames and ends the group. */
    ADMIN,
    /** Reads and writes, and leaves. */
    MEMBER;

    /**
     * The role of exactly {@code admin} or {@code member}.
     *
     * @throws GroupException INVALID
     */
    public static GroupRole parse(String name) throws GroupException {
        return switch (name) {
            case "admin" -> ADMIN;
            case "member" -> MEMBER;
            default ->
                    throw new GroupException(
                            GroupException.Reason.INVALID,
                            "'" + name + "' is no role; valid roles: 'admin', 'member'");
        };
    }

    /** {@code admin} or {@code member}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
