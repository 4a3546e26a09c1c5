package dev.parley.mls.api;

import java.util.List;

/**
 * What a commit is to do.
 *
 * @param byValue proposals that the commit itself carries
 * @param references of queued proposals ({@link Received.Proposal#reference()}) that it names
 * @param forcePath new keys for the committer even where the RFC does not ask for them
 * @param privateMessage whether the commit is encrypted; outsiders read a public one's proposals
 * @param inlineTree whether the welcome carries the ratchet tree; else the joiner needs {@link
 *     GroupState#ratchetTree()} from elsewhere
 * @param authenticatedData sent along in clear, signed
 * @param client has the signer of now, or a new credential and signer of the same identity
 */
public record CommitRequest(
        List<Proposing> byValue,
        List<byte[]> references,
        boolean forcePath,
        boolean privateMessage,
        boolean inlineTree,
        byte[] authenticatedData,
        Client client) {
    public CommitRequest {
        byValue = List.copyOf(byValue);
        references = List.copyOf(references);
    }
}
