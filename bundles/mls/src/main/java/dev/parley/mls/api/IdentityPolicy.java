package dev.parley.mls.api;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Says who a credential belongs to, before any state with it is accepted: for the leaf of a key
 * package, of an update, of a path, every leaf of a tree on joining, and external senders (RFC 9420
 * section 5.3.1). The caller implements it.
 *
 * <p><b>Threads:</b> whichever thread uses the library, several at once. <b>Nulls:</b> none.
 * <b>Errors:</b> {@link MlsException} with {@code IDENTITY_REFUSED} refuses.
 */
@FunctionalInterface
@ConsumerType
public interface IdentityPolicy {
    /** Where the credential stands. */
    enum Place {
        KEY_PACKAGE,
        UPDATE,
        COMMIT,
        TREE,
        EXTERNAL_SENDER
    }

    /**
     * Who this is. Two leaves of one group never have the same id, and the leaf that takes an old
     * one's place has to have its id.
     *
     * @param signatureKey what the credential has to vouch for
     * @param old the member whose leaf is replaced
     * @throws MlsException IDENTITY_REFUSED
     */
    MemberId identify(
            MlsCredential credential, byte[] signatureKey, Place place, Optional<Member> old)
            throws MlsException;
}
