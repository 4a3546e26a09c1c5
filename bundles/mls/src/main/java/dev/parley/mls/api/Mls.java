package dev.parley.mls.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Begins and joins groups, and reads saved ones. Holds no state but what it was made with.
 *
 * <p><b>Threads:</b> any, several at once. <b>Nulls:</b> none in, none out. <b>Errors:</b> {@link
 * MlsException}.
 */
@ProviderType
public interface Mls {
    /** A new private key for signing in a cipher suite, secret. */
    byte[] newSignatureKey(int cipherSuite) throws MlsException;

    /** The signer of a private key that {@link #newSignatureKey} made. */
    Signer signer(int cipherSuite, byte[] privateKey) throws MlsException;

    /** A new key package, good from a little before now until then. */
    OwnKeyPackage newKeyPackage(Client client, Duration lifetime, Instant now) throws MlsException;

    /** Checks a key package as an add would (section 10.1), and tells whose it is. */
    Member inspect(byte[] keyPackage, Instant now) throws MlsException;

    /** A group with one member. */
    GroupState create(Client client, byte[] groupId, List<MlsExtension> extensions, Instant now)
            throws MlsException;

    /** The references of the key packages that a welcome is for. */
    List<byte[]> recipients(byte[] welcome) throws MlsException;

    /**
     * Joins by a welcome (section 12.4.3.1).
     *
     * @param tree {@link GroupState#ratchetTree()}, if the welcome does not carry it
     */
    GroupState join(
            byte[] welcome,
            OwnKeyPackage keyPackage,
            Client client,
            Optional<byte[]> tree,
            PskSource psks,
            Instant now)
            throws MlsException;

    /**
     * Joins by an external commit (section 12.4.3.2), and takes the place of an own leaf if there
     * is one.
     */
    Committed joinByCommit(
            byte[] groupInfo,
            Client client,
            Optional<byte[]> tree,
            PskSource psks,
            byte[] authenticatedData,
            Instant now)
            throws MlsException;

    /**
     * A saved state.
     *
     * @param reservations every durable one, of whatever group and epoch, in any order
     */
    GroupState decode(byte[] encoded, Collection<byte[]> reservations) throws MlsException;
}
