package dev.parley.crdt.api;

/** Signs what an author writes. */
public interface ChangeSigner {
    /**
     * @return at most {@link SignedChange#MAX_SIGNATURE_BYTES} bytes
     */
    byte[] sign(Id change);
}
