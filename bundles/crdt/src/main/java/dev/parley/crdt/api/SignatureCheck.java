package dev.parley.crdt.api;

/** Whether an author signed a hash. */
public interface SignatureCheck {
    boolean isValid(Id author, Id signed, byte[] signature);
}
