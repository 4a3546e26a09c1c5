package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupRole;
import dev.parley.groups.api.Groups;
import dev.parley.identity.api.AgentId;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;

/** What an own commit was for, so that it can be said again after a lost race. */
sealed interface Intent {
    /** Nothing that has to be said again: new keys, an add, a removal (which all remember). */
    record Nothing() implements Intent {}

    record SetRole(AgentId agent, GroupRole role) implements Intent {}

    /** Said again only where the name is still the one before. */
    record Rename(String before, String name, String description) implements Intent {}

    record Close() implements Intent {}

    default void write(ByteWriter out) {
        if (this instanceof SetRole it) {
            out.u8(1).bytes(it.agent().bytes()).u8(it.role().ordinal());
        } else if (this instanceof Rename it) {
            out.u8(2).text(it.before()).text(it.name()).text(it.description());
        } else if (this instanceof Close) {
            out.u8(3);
        } else {
            out.u8(0);
        }
    }

    static Intent read(ByteReader in) throws MalformedException {
        int kind = in.u8();
        return switch (kind) {
            case 0 -> new Nothing();
            case 1 ->
                    new SetRole(
                            AgentId.of(in.bytes(AgentId.BYTES)),
                            in.u8() == 0 ? GroupRole.ADMIN : GroupRole.MEMBER);
            case 2 ->
                    new Rename(
                            in.text(4 * Groups.MAX_NAME_CHARS, "name before"),
                            in.text(4 * Groups.MAX_NAME_CHARS, "name"),
                            in.text(4 * Groups.MAX_DESCRIPTION_CHARS, "description"));
            case 3 -> new Close();
            default ->
                    throw new MalformedException(
                            MalformedException.Reason.BAD_VALUE, "intent: kind " + kind);
        };
    }
}
