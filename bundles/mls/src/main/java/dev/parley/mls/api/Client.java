package dev.parley.mls.api;

import java.util.List;

/**
 * One who takes part in groups of one cipher suite.
 *
 * @param cipherSuite its code point
 * @param signer holds the signature key that the credential vouches for
 * @param extensions of the leaf; each type is announced among the capabilities
 * @param understood further extension types of groups that the application understands
 * @param proposals further proposal types that the application understands ({@link
 *     Proposing.Other})
 */
public record Client(
        int cipherSuite,
        MlsCredential credential,
        Signer signer,
        List<MlsExtension> extensions,
        List<Integer> understood,
        List<Integer> proposals) {
    public Client {
        extensions = List.copyOf(extensions);
        understood = List.copyOf(understood);
        proposals = List.copyOf(proposals);
    }

    public Client(int cipherSuite, MlsCredential credential, Signer signer) {
        this(cipherSuite, credential, signer, List.of(), List.of(), List.of());
    }
}
