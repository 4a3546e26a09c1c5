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
     *
     * @param keys the pre-shared keys to show that one has: {@link Proposing.ExternalPsk} and
     *     {@link Proposing.ResumptionPsk}
     * @param psks is asked for those
     */
    Committed joinByCommit(
            byte[] groupInfo,
            Client client,
            Optional<byte[]> tree,
            List<Proposing> keys,
            PskSource psks,
            byte[] authenticatedData,
            Instant now)
            throws MlsException;

    /**
     * Begins the group that another was reinitialized as (section 11.2).
     *
     * @param ended the state after the commit with the reinitialization
     * @param keyPackages of all other members, for the new group's suite
     */
    Committed succeed(GroupState ended, Client client, List<byte[]> keyPackages, Instant now)
            throws MlsException;

    /**
     * Begins a group of some members of another (section 11.3).
     *
     * @param keyPackages of those members
     */
    Committed branch(
            GroupState parent,
            Client client,
            byte[] groupId,
            List<MlsExtension> extensions,
            List<byte[]> keyPackages,
            Instant now)
            throws MlsException;

    /**
     * Joins what somebody made by {@link #succeed} or {@link #branch}, and checks that it is what
     * was agreed on.
     *
     * @param origin the state of the old group that the new one comes from
     */
    GroupState joinSuccessor(
            byte[] welcome,
            OwnKeyPackage keyPackage,
            Client client,
            Optional<byte[]> tree,
            GroupState origin,
            PskSource psks,
            Instant now)
            throws MlsException;

    /** One's wish to be added to a group, to be sent to it (section 12.1.8.2). */
    byte[] proposeJoin(byte[] groupId, long epoch, byte[] keyPackage, Client client)
            throws MlsException;

    /**
     * A proposal of somebody who is no member but stands among the group's external senders
     * (section 12.1.8.1).
     *
     * @param senderIndex the place in that list
     */
    byte[] proposeFromOutside(
            int cipherSuite,
            byte[] groupId,
            long epoch,
            int senderIndex,
            Proposing proposal,
            Signer signer)
            throws MlsException;

    /**
     * A saved state.
     *
     * @param reservations every durable one of the group, of whatever epoch, in any order; those of
     *     other groups do no harm but take memory as long as states that come from this one are
     *     used
     */
    GroupState decode(byte[] encoded, Collection<byte[]> reservations) throws MlsException;
}
