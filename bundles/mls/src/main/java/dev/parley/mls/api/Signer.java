package dev.parley.mls.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Signs for a member, so that its signature key need not be held here: the caller implements it.
 *
 * <p><b>Threads:</b> whichever thread uses the library calls, several at once if several do.
 * <b>Nulls:</b> none in, none out. <b>Errors:</b> an unchecked exception ends the operation and
 * changes no state.
 */
@ConsumerType
public interface Signer {
    /** The public key, in the form of the cipher suite (RFC 9420 section 5.1.1). */
    byte[] publicKey();

    /** The signature of these bytes, in the form of the cipher suite. */
    byte[] sign(byte[] content);
}
