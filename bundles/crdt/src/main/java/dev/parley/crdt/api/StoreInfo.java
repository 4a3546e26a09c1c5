package dev.parley.crdt.api;

import dev.parley.crdt.internal.Reader;
import dev.parley.crdt.internal.Sha256;
import dev.parley.crdt.internal.Writer;
import java.nio.charset.StandardCharsets;

/**
 * What a store is from its first byte on. Its id is the hash of all of it, so none of it can
 * change.
 *
 * @param nonce 16 bytes that make two stores of one name different
 */
public record StoreInfo(
        String network, Id owner, Mode mode, boolean appendOnly, String name, byte[] nonce) {
    public static final int NONCE_BYTES = 16;
    private static final int VERSION = 1;
    private static final int MAX_NETWORK_BYTES = 64;
    private static final int MAX_NAME_BYTES = 128;

    /** Who may write; the order is the number on the wire. */
    public enum Mode {
        /** Only the owner. */
        OWNED,
        /** Those with the role. */
        SHARED,
        /** Anybody. */
        OPEN
    }

    public StoreInfo {
        if (nonce.length != NONCE_BYTES) {
            throw new IllegalArgumentException("a nonce has 16 bytes, found " + nonce.length);
        }
        nonce = nonce.clone();
        bounded("network", network, MAX_NETWORK_BYTES);
        bounded("name", name, MAX_NAME_BYTES);
    }

    private static void bounded(String what, String text, int max) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > max) {
            throw new IllegalArgumentException(
                    what + ": " + bytes + " bytes, expected 1 to " + max);
        }
    }

    @Override
    public byte[] nonce() {
        return nonce.clone();
    }

    public byte[] encode() {
        Writer out = new Writer(128);
        out.u8(VERSION);
        out.text(network);
        out.id(owner);
        out.u8(mode.ordinal());
        out.u8(appendOnly ? 1 : 0);
        out.text(name);
        out.bytes(nonce);
        return out.toByteArray();
    }

    public static StoreInfo decode(byte[] bytes) throws MalformedException {
        Reader in = new Reader(bytes);
        in.expect("version", VERSION, in.u8());
        String network = in.text("network", 1, MAX_NETWORK_BYTES);
        Id owner = in.id();
        int mode = in.u8();
        if (mode >= Mode.values().length) {
            throw new MalformedException("mode " + mode + ", expected 0 to 2");
        }
        int flags = in.u8();
        if (flags > 1) {
            throw new MalformedException("flags " + flags + ", expected 0 or 1");
        }
        String name = in.text("name", 1, MAX_NAME_BYTES);
        byte[] nonce = in.bytes(NONCE_BYTES);
        in.end();
        return new StoreInfo(network, owner, Mode.values()[mode], flags == 1, name, nonce);
    }

    public Id id() {
        return Sha256.of("parley.store.v1".getBytes(StandardCharsets.US_ASCII), encode());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoreInfo info && id().equals(info.id());
    }

    @Override
    public int hashCode() {
        return id().hashCode();
    }
}
