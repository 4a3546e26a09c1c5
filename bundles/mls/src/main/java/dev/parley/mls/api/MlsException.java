package dev.parley.mls.api;

/**
 * Something that a peer sent, or that a caller asked for, breaks a rule of RFC 9420. The message
 * says what was found and what was expected, and never holds key material.
 */
public final class MlsException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Stable codes; each names one rule. */
    public enum Reason {
        /** The cipher suite is not registered here. */
        UNKNOWN_SUITE,
        /** A public or private key has the wrong form for its suite. */
        BAD_KEY,
        /** A signature does not verify (RFC 9420 section 5.1.2). */
        BAD_SIGNATURE,
        /** A ciphertext does not open: wrong key or context, or it was changed on the way. */
        DECRYPTION_FAILED,
        /** The leaf index is outside of the tree or its leaf is blank. */
        NO_SUCH_MEMBER,
        /** The tree has no nodes, or ends with a blank one (section 12.4.3.3). */
        BAD_TREE_SHAPE,
        /** A leaf stands where a parent belongs or the other way round (section 7.4). */
        NODE_OF_WRONG_KIND,
        /** A parent hash does not link a node to its descendants (section 7.9.2). */
        BAD_PARENT_HASH,
        /** The unmerged leaves of a parent break section 12.4.3.1. */
        BAD_UNMERGED_LEAVES,
        /** An encryption key stands at two nodes (sections 7.3 and 12.4.3.1). */
        DUPLICATE_ENCRYPTION_KEY,
        /** A signature key stands at two leaves (section 7.3). */
        DUPLICATE_SIGNATURE_KEY,
        /** The computed tree hash is not the announced one (section 12.4.3.1). */
        TREE_HASH_MISMATCH,
        /** An update path does not fit the tree of its sender (section 7.5). */
        BAD_UPDATE_PATH,
        /** The leaf's source does not fit the place where it stands (section 7.3). */
        WRONG_LEAF_SOURCE,
        /** A message of another group or epoch. */
        WRONG_EPOCH,
        /** The membership tag does not verify (section 6.2). */
        BAD_MEMBERSHIP_TAG,
        /** The confirmation tag does not verify or is missing (section 6.1). */
        BAD_CONFIRMATION_TAG,
        /** The padding has a byte that is not zero (section 6.3.1). */
        BAD_PADDING,
        /** The kind of sender may not send this, or not in this wire format (section 6). */
        SENDER_NOT_ALLOWED,
        /** The key of this generation was used or thrown away before (section 9.2). */
        KEY_USED,
        /** The generation is further ahead than is accepted. */
        GENERATION_TOO_FAR,
        /** The application does not accept the credential, or not at this place (section 5.3.1). */
        IDENTITY_REFUSED,
        /** No generation is set aside on disk for another message ({@link SendReservation}). */
        NOT_RESERVED,
        /** The bytes inside an encryption or extension are malformed. */
        MALFORMED
    }

    private final Reason reason;

    public MlsException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
