package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Role;

/** Changes to bytes and back; one encoding of each ({@code 0010-crdt-changes}). */
final class ChangeCodec {
    static final int VERSION = 1;
    static final int MAX_DEPENDENCIES = 64;
    static final int MAX_TABLE = 4096;
    static final int MAX_OPERATIONS = 65_536;
    static final int MAX_NAME_BYTES = 64;
    static final int MAX_MESSAGE_BYTES = 256;

    private ChangeCodec() {}

    static byte[] encode(Change change) {
        return new ChangeWriter().write(change);
    }

    static Change decode(byte[] body) throws MalformedException {
        return new ChangeReader().read(body);
    }

    /** Where the id of the author's change before stands in a body; below 0 if it has none. */
    static int prevAt(byte[] body) {
        int at = 1 + 2 * Id.BYTES;
        if (body.length < at + 5 + Id.BYTES || body[at] == 1) {
            return -1;
        }
        while (body[at] < 0 && at < body.length - Id.BYTES - 1) {
            at++;
        }
        return at + 1;
    }

    /** Lowercase ASCII, so that all compare names alike. */
    static boolean validBranch(String name) {
        if (name.length() > MAX_NAME_BYTES) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "._/-".indexOf(c) >= 0)) {
                return false;
            }
        }
        return true;
    }

    static String branch(Reader in) throws MalformedException {
        String name = in.text("a branch", 0, MAX_NAME_BYTES);
        if (!validBranch(name)) {
            throw new MalformedException("a branch's name has only a-z, 0-9 and ._/-");
        }
        return name;
    }

    static int role(int number) throws MalformedException {
        if (number >= Role.values().length) {
            throw new MalformedException("role " + number + ", expected 0 to 3");
        }
        return number;
    }
}
