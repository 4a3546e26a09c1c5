package dev.parley.crdt.api;

import dev.parley.crdt.internal.Reader;
import dev.parley.crdt.internal.Sha256;
import dev.parley.crdt.internal.Writer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key that seals values of one store, so that destroying it expunges them all ({@code
 * 0010-crdt-changes}, Sealed values). Its id follows from the store, the agent that made it and the
 * key, so nobody can pass another key off for it.
 *
 * <p>AES-256-GCM. The nonce is made of the value: two values never share one, and a value that is
 * sealed twice is the same twice, which sets need. Does not print itself.
 *
 * <p><b>Threads:</b> any. <b>Nulls:</b> none in, none out.
 */
public final class SealKey {
    public static final int BYTES = 32;

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Id store;
    private final Id author;
    private final Id proof;
    private final KeyId id;
    private final byte[] key;
    private boolean destroyed;

    private SealKey(Id store, Id author, byte[] key) {
        this.store = store;
        this.author = author;
        this.key = key;
        this.proof = Sha256.of(join("parley.seal.proof.v1", key));
        this.id = idOf(store, author, proof);
    }

    /**
     * @param author the agent that made it
     * @param key 32 random bytes
     */
    public static SealKey of(Id store, Id author, byte[] key) {
        if (key.length != BYTES) {
            throw new IllegalArgumentException("a key has 32 bytes, found " + key.length);
        }
        return new SealKey(store, author, key.clone());
    }

    /** The id of an agent's key that has this proof. */
    public static KeyId idOf(Id store, Id author, Id proof) {
        Id whole = Sha256.of(join("parley.seal.v1", store.bytes(), author.bytes(), proof.bytes()));
        return KeyId.of(whole.bytes(), 0);
    }

    private static byte[] join(String name, byte[]... parts) {
        Writer out = new Writer(128);
        out.bytes(name.getBytes(StandardCharsets.US_ASCII));
        for (byte[] part : parts) {
            out.bytes(part);
        }
        return out.toByteArray();
    }

    public KeyId id() {
        return id;
    }

    /** Who made it, and may shred it. */
    public Id author() {
        return author;
    }

    /** What shows, in a change of its author, that the author made it; it tells nothing of it. */
    public Id proof() {
        return proof;
    }

    /** The key itself, for where keys are kept and for others who may read the store. */
    public synchronized byte[] secret() {
        alive();
        return key.clone();
    }

    /** Overwrites the key in memory; whatever uses it after that fails. */
    public synchronized void destroy() {
        destroyed = true;
        Arrays.fill(key, (byte) 0);
    }

    public synchronized boolean isDestroyed() {
        return destroyed;
    }

    private void alive() {
        if (destroyed) {
            throw new IllegalStateException("the key " + id + " was destroyed");
        }
    }

    /**
     * @throws IllegalStateException if the key was destroyed
     * @throws IllegalArgumentException if it is a sealed value, or an expunged one
     */
    public synchronized Scalar.Sealed seal(Scalar value) {
        alive();
        Writer plain = new Writer(64);
        if (value instanceof Scalar.Sealed || value instanceof Scalar.Expunged) {
            throw new IllegalArgumentException("only a value can be sealed");
        }
        plain.scalar(value);
        byte[] bytes = plain.toByteArray();
        byte[] nonce = Arrays.copyOf(hmac(derived("parley.seal.nonce.v1"), bytes), NONCE_BYTES);
        try {
            byte[] hidden = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(bytes);
            byte[] content = Arrays.copyOf(nonce, NONCE_BYTES + hidden.length);
            System.arraycopy(hidden, 0, content, NONCE_BYTES, hidden.length);
            return Scalar.Sealed.of(id, content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK does not encrypt", e);
        }
    }

    /**
     * @return nothing if it was not sealed with this key, or left out, or the key was destroyed
     */
    public synchronized Optional<Scalar> open(Scalar.Sealed sealed) {
        if (destroyed || !sealed.key().equals(id) || sealed.isLeftOut()) {
            return Optional.empty();
        }
        byte[] content = sealed.content();
        try {
            byte[] nonce = Arrays.copyOf(content, NONCE_BYTES);
            byte[] plain =
                    cipher(Cipher.DECRYPT_MODE, nonce)
                            .doFinal(content, NONCE_BYTES, content.length - NONCE_BYTES);
            Reader in = new Reader(plain);
            Scalar value = in.scalar();
            in.end();
            return value instanceof Scalar.Sealed ? Optional.empty() : Optional.of(value);
        } catch (GeneralSecurityException | MalformedException e) {
            return Optional.empty();
        }
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                mode,
                new SecretKeySpec(derived("parley.seal.encrypt.v1"), "AES"),
                new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(join("parley.seal.v1", store.bytes(), id.bytes()));
        return cipher;
    }

    private byte[] derived(String what) {
        return hmac(key, what.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no HmacSHA256", e);
        }
    }

    @Override
    public String toString() {
        return "SealKey[" + id + "]";
    }
}
