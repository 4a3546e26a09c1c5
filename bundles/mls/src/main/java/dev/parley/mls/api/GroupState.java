package dev.parley.mls.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A group in one epoch, as one member sees it (RFC 9420). Immutable but for the keys of its
 * messages, which are used once and then gone; they stand behind one lock. Rival commits are
 * several successors of one state.
 *
 * <p><b>Threads:</b> any, several at once. <b>Nulls:</b> none in, none out. <b>Errors:</b> {@link
 * MlsException} with the rule that was broken; the state is as before then.
 */
@ProviderType
public interface GroupState {
    byte[] groupId();

    long epoch();

    int cipherSuite();

    /** The own leaf. */
    Member self();

    /** By leaf index. */
    List<Member> members();

    Optional<Member> find(MemberId id);

    /** Extensions of the group context. */
    List<MlsExtension> extensions();

    /**
     * Changes with every commit and is equal at all who are in the same epoch of the same branch.
     */
    byte[] confirmedTranscriptHash();

    byte[] treeHash();

    /** Members compare it out of band (section 8.7). */
    byte[] epochAuthenticator();

    /** {@code MLS-Exporter} (section 8.5); secret. */
    byte[] export(String label, byte[] context, int length);

    /** Secret (section 8.6). */
    byte[] resumptionPsk();

    /** The tree as a joiner needs it (section 12.4.3.3); public. */
    byte[] ratchetTree();

    /**
     * An {@code MLSMessage} with a signed group info.
     *
     * @param external with {@code external_pub}, so that its reader may join by an external commit
     */
    byte[] groupInfo(Signer signer, boolean inlineTree, boolean external) throws MlsException;

    /** The proposals that are queued in this epoch. */
    List<Received.Proposal> queued();

    Proposed propose(Proposing proposal, Client client, boolean privateMessage, Instant now)
            throws MlsException;

    /** Makes a commit; this state goes on to be able to take another's. */
    Committed commit(CommitRequest request, PskSource psks, Instant now) throws MlsException;

    /** Reads an {@code MLSMessage}; never throws for what somebody else sent. */
    Received receive(byte[] message, PskSource psks, Instant now);

    /**
     * Encrypts application data.
     *
     * @param padTo the ciphertext hides the length up to a multiple of this many bytes; 1 for none,
     *     at most 1 MiB
     * @throws IllegalArgumentException if padding, or content and data together, are longer than
     *     anybody reads (62 MiB)
     * @throws MlsException NOT_RESERVED if no durable generation is left
     */
    byte[] encrypt(byte[] content, byte[] authenticatedData, int padTo, Signer signer)
            throws MlsException;

    /**
     * Sets aside that many further generations for sending, of each kind of message.
     *
     * @param count 1 to 65,536; see {@link SendReservation}
     */
    SendReservation reserve(int count);

    /** Versioned, all secrets included: the caller seals it. */
    byte[] encode();

    /**
     * What is left to read late messages of this epoch: it can neither commit nor follow one, and
     * what needs another secret than the keys of messages throws an {@link IllegalStateException}
     * or {@link MlsException} with {@code LATE_ONLY}. It shares the keys with this state, which may
     * be destroyed.
     */
    GroupState forLateMessages();

    /**
     * Overwrites the secrets that no other state shares; every later use of them fails with an
     * {@link IllegalStateException}. States of one epoch share theirs until the last of them is
     * destroyed, and private keys of the tree are left to the garbage collector, because later
     * epochs may have them.
     */
    void destroy();
}
