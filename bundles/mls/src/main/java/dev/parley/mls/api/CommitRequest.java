package dev.parley.mls.api;

import java.util.List;
import java.util.Optional;

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
 * @param client its signer signs the commit, so it has the key of the own leaf of now
 * @param renewed what the own leaf says from then on, of the same identity; if empty the client
 */
public record CommitRequest(
        List<Proposing> byValue,
        List<byte[]> references,
        boolean forcePath,
        boolean privateMessage,
        boolean inlineTree,
        byte[] authenticatedData,
        Client client,
        Optional<Client> renewed) {
    public CommitRequest {
        byValue = List.copyOf(byValue);
        references = List.copyOf(references);
    }

    public CommitRequest(
            List<Proposing> byValue,
            List<byte[]> references,
            boolean forcePath,
            boolean privateMessage,
            boolean inlineTree,
            byte[] authenticatedData,
            Client client) {
        this(
                byValue,
                references,
                forcePath,
                privateMessage,
                inlineTree,
                authenticatedData,
                client,
                Optional.empty());
    }
}
