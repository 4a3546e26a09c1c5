package dev.parley.mls.internal.group;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.IdentityPolicy.Place;
import dev.parley.mls.api.Member;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.node.Capabilities;
import dev.parley.mls.internal.node.Credential;
import dev.parley.mls.internal.node.Extension;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.LeafNodeSource;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.tree.TreeValidation;
import dev.parley.mls.internal.welcome.GroupContext;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Makes leaves and checks those of others (RFC 9420 sections 7.2 and 7.3). */
final class Leaves {
    private Leaves() {}

    /** A signed leaf of our own. */
    static LeafNode make(
            Environment environment,
            CipherSuite suite,
            Client client,
            Bytes encryptionKey,
            LeafNodeSource source,
            Bytes groupId,
            int leafIndex)
            throws MlsException {
        Extensions extensions = Convert.extensions(client.extensions());
        requireDistinct(extensions, "leaf");
        Credential credential = Convert.credential(client.credential());
        LeafNode unsigned =
                new LeafNode(
                        encryptionKey,
                        Bytes.copyOf(client.signer().publicKey()),
                        credential,
                        capabilities(environment, client),
                        source,
                        extensions,
                        Bytes.EMPTY);
        return unsigned.withSignature(
                suite.signWithLabel(
                        client.signer(), LeafNode.LABEL, unsigned.signedBytes(groupId, leafIndex)));
    }

    private static Capabilities capabilities(Environment environment, Client client) {
        List<Integer> suites =
                environment.suites().all().stream().map(CipherSuite::id).sorted().toList();
        List<Integer> extensions =
                Stream.concat(
                                client.extensions().stream().map(each -> each.type()),
                                client.understood().stream())
                        .filter(type -> !Extension.isDefault(type))
                        .distinct()
                        .toList();
        List<Integer> proposals =
                Stream.concat(Stream.of(Proposal.SELF_REMOVE), client.proposals().stream())
                        .distinct()
                        .toList();
        List<Integer> credentials =
                Stream.of(Credential.BASIC, Credential.X509, client.credential().type())
                        .distinct()
                        .toList();
        return new Capabilities(
                List.of(GroupContext.MLS10), suites, extensions, proposals, credentials);
    }

    /**
     * Checks all that a leaf says by itself, its signature included, and asks whose it is.
     *
     * @param old the leaf that it replaces
     * @throws MlsException DUPLICATE_EXTENSION, LEAF_EXTENSION_NOT_LISTED, BAD_KEY, BAD_SIGNATURE,
     *     IDENTITY_REFUSED or IDENTITY_CHANGED
     */
    static MemberId check(
            Environment environment,
            CipherSuite suite,
            LeafNode leaf,
            Bytes groupId,
            int leafIndex,
            Place place,
            Optional<Roster.Known> old)
            throws MlsException {
        TreeValidation.leaf(suite, leaf, groupId, leafIndex);
        return checkUnsigned(environment, leaf, place, old);
    }

    /** The same for a leaf whose signature was checked before. */
    static MemberId checkUnsigned(
            Environment environment, LeafNode leaf, Place place, Optional<Roster.Known> old)
            throws MlsException {
        requireDistinct(leaf.extensions(), "leaf");
        Set<Integer> named = new HashSet<>(leaf.capabilities().extensions());
        for (Extension each : leaf.extensions().items()) {
            if (!Extension.isDefault(each.type()) && !named.contains(each.type())) {
                throw new MlsException(
                        Reason.LEAF_EXTENSION_NOT_LISTED,
                        "leaf: extension " + each.type() + " is not among its capabilities");
            }
        }
        Optional<Member> before = old.map(Roster.Known::member);
        MemberId id =
                environment
                        .policy()
                        .identify(
                                Convert.credential(leaf.credential()),
                                leaf.signatureKey().toByteArray(),
                                place,
                                before);
        if (before.isPresent() && !before.get().id().equals(id)) {
            throw new MlsException(
                    Reason.IDENTITY_CHANGED,
                    "leaf of " + before.get().id() + ": found one of " + id);
        }
        return id;
    }

    /**
     * @throws MlsException DUPLICATE_EXTENSION
     */
    static void requireDistinct(Extensions extensions, String where) throws MlsException {
        if (!extensions.areDistinct()) {
            throw new MlsException(
                    Reason.DUPLICATE_EXTENSION, where + ": an extension stands there twice");
        }
    }
}
