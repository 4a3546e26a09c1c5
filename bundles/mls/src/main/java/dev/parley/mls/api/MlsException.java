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
        /** Another kind of MLS message than what belongs here. */
        WRONG_MESSAGE,
        /** Another protocol version than MLS 1.0 (section 10.1). */
        WRONG_VERSION,
        /** Another cipher suite than the group's (sections 10.1 and 12.4.3.1). */
        WRONG_SUITE,
        /** The lifetime is over, has not begun or is too long (sections 7.2 and 7.3). */
        BAD_LIFETIME,
        /** The init key of a key package is the encryption key of its leaf (section 10.1). */
        INIT_KEY_REUSED,
        /** A type of extension stands twice in one list (section 13.4). */
        DUPLICATE_EXTENSION,
        /** A leaf has an extension that its capabilities do not name (section 7.3). */
        LEAF_EXTENSION_NOT_LISTED,
        /** A member does not understand an extension of the group (sections 7.3 and 13.4). */
        GROUP_EXTENSION_NOT_SUPPORTED,
        /** A member lacks what the group requires (sections 7.3 and 11.1). */
        REQUIRED_CAPABILITY_MISSING,
        /** Members do not understand each other's type of credential (section 7.3). */
        CREDENTIAL_NOT_SUPPORTED,
        /** A proposal of a type that some member does not understand (section 12.2). */
        PROPOSAL_NOT_SUPPORTED,
        /** A new leaf with the encryption key of the one that it replaces (section 7.3). */
        SAME_ENCRYPTION_KEY,
        /** A leaf is replaced by one of somebody else (section 5.3.1). */
        IDENTITY_CHANGED,
        /** Two leaves would be of one identity (section 12.2). */
        DUPLICATE_MEMBER,
        /** A commit covers its committer's own update (section 12.2). */
        OWN_UPDATE_COMMITTED,
        /** A commit removes its committer (section 12.2). */
        COMMITTER_REMOVED,
        /** Two updates or removals of one leaf (section 12.2). */
        SAME_LEAF_TWICE,
        /** One pre-shared key is proposed twice (section 12.2). */
        DUPLICATE_PSK,
        /** The nonce of a pre-shared key is not as long as a hash (section 12.1.4). */
        BAD_PSK_NONCE,
        /** A resumption key of a usage that does not belong here (section 12.1.4). */
        BAD_PSK_USAGE,
        /** A pre-shared key that is not here. */
        UNKNOWN_PSK,
        /** The extensions of the group are replaced twice (section 12.2). */
        EXTENSIONS_REPLACED_TWICE,
        /** A reinitialization with other proposals (section 12.2). */
        REINIT_NOT_ALONE,
        /** A reinitialization with an older version (section 12.1.5). */
        BAD_REINIT,
        /** A commit of a member, or a message alone, with an external init (section 12.2). */
        EXTERNAL_INIT_NOT_ALLOWED,
        /** A commit names a proposal that was not received (section 12.4.2). */
        UNKNOWN_PROPOSAL,
        /** A commit names a proposal twice. */
        DUPLICATE_PROPOSAL,
        /** A commit without the path that its proposals ask for (section 12.4.2). */
        MISSING_PATH,
        /** An external commit without exactly one external init (section 12.2). */
        EXTERNAL_INIT_COUNT,
        /** An external commit with more than one removal (section 12.2). */
        EXTERNAL_REMOVES,
        /** An external commit with a proposal of another type (section 12.2). */
        EXTERNAL_PROPOSAL_TYPE,
        /** An external commit names a proposal by reference (section 12.4.3.2). */
        EXTERNAL_BY_REFERENCE,
        /** An external commit removes somebody else than who joins by it (section 12.2). */
        EXTERNAL_REMOVES_OTHER,
        /** The group info has no key for external commits. */
        NO_EXTERNAL_KEY,
        /** An index beyond the list of external senders (section 12.1.8). */
        NO_SUCH_SENDER,
        /** No ratchet tree came with the message or beside it. */
        NO_TREE,
        /** The leaf of our key package is not in the tree (section 12.4.3.1). */
        NOT_IN_TREE,
        /** A successor group is joined without its origin, or the other way round. */
        WRONG_ORIGIN,
        /** A successor group differs from what was agreed on (sections 11.2 and 11.3). */
        NOT_AS_AGREED,
        /** More proposals are queued than is accepted. */
        TOO_MANY_PROPOSALS,
        /** The group was reinitialized: it can do nothing any more (section 11.2). */
        GROUP_ENDED,
        /** The state is for late messages only. */
        LATE_ONLY,
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
