package dev.parley.mls.internal.group;

import dev.parley.mls.api.Member;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.node.Capabilities;
import dev.parley.mls.internal.node.Credential;
import dev.parley.mls.internal.node.Extension;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.RequiredCapabilities;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who the members are, and how many of them understand what, so that neither takes a walk through
 * the tree. Immutable; a change costs O(log n) and as much as the leaf is long.
 */
final class Roster {
    static final Roster EMPTY =
            new Roster(
                    PersistentMap.empty(),
                    PersistentMap.empty(),
                    PersistentMap.empty(),
                    PersistentMap.empty());

    /** What is counted. */
    private enum Kind {
        EXTENSION,
        PROPOSAL,
        CREDENTIAL
    }

    /** One member, without arrays that somebody could change. */
    record Known(int leafIndex, MemberId id, Credential credential, Bytes signatureKey) {
        static Known of(int leafIndex, MemberId id, LeafNode leaf) {
            return new Known(leafIndex, id, leaf.credential(), leaf.signatureKey());
        }

        Member member() {
            return new Member(
                    leafIndex, id, Convert.credential(credential), signatureKey.toByteArray());
        }
    }

    private final PersistentMap<Integer, Known> byLeaf;
    private final PersistentMap<MemberId, Integer> byId;
    private final PersistentMap<Integer, Integer> counts;
    private final PersistentMap<Integer, Integer> credentials;

    private Roster(
            PersistentMap<Integer, Known> byLeaf,
            PersistentMap<MemberId, Integer> byId,
            PersistentMap<Integer, Integer> counts,
            PersistentMap<Integer, Integer> credentials) {
        this.byLeaf = byLeaf;
        this.byId = byId;
        this.counts = counts;
        this.credentials = credentials;
    }

    int size() {
        return byLeaf.size();
    }

    Optional<Known> find(long leafIndex) {
        return leafIndex < 0 || leafIndex > Integer.MAX_VALUE
                ? Optional.empty()
                : byLeaf.get((int) leafIndex);
    }

    /**
     * @throws MlsException NO_SUCH_MEMBER
     */
    Known require(long leafIndex) throws MlsException {
        return find(leafIndex)
                .orElseThrow(
                        () ->
                                new MlsException(
                                        Reason.NO_SUCH_MEMBER, "no member at leaf " + leafIndex));
    }

    Optional<Known> find(MemberId id) {
        return byId.get(id).flatMap(byLeaf::get);
    }

    List<Known> all() {
        return byLeaf.values();
    }

    /** Only who the members are. */
    Roster bare() {
        return new Roster(byLeaf, byId, PersistentMap.empty(), PersistentMap.empty());
    }

    /** Without what a leaf understands, for those who only read late messages. */
    Roster withBare(Known known) {
        return new Roster(
                byLeaf.with(known.leafIndex(), known),
                byId.with(known.id(), known.leafIndex()),
                counts,
                credentials);
    }

    /**
     * @throws MlsException DUPLICATE_MEMBER if its id stands at another leaf
     */
    Roster with(Known known, LeafNode leaf) throws MlsException {
        if (byId.get(known.id()).isPresent()) {
            throw new MlsException(
                    Reason.DUPLICATE_MEMBER, "member " + known.id() + " would be there twice");
        }
        return new Roster(
                byLeaf.with(known.leafIndex(), known),
                byId.with(known.id(), known.leafIndex()),
                counted(leaf, 1),
                plus(credentials, leaf.credential().type(), 1));
    }

    /** Without a member. */
    Roster without(int leafIndex, LeafNode leaf) {
        return new Roster(
                byLeaf.without(leafIndex),
                byLeaf.get(leafIndex).map(known -> byId.without(known.id())).orElse(byId),
                counted(leaf, -1),
                plus(credentials, leaf.credential().type(), -1));
    }

    private PersistentMap<Integer, Integer> counted(LeafNode leaf, int by) {
        Capabilities says = leaf.capabilities();
        PersistentMap<Integer, Integer> changed = counts;
        changed = counted(changed, Kind.EXTENSION, says.extensions(), by);
        changed = counted(changed, Kind.PROPOSAL, says.proposals(), by);
        return counted(changed, Kind.CREDENTIAL, says.credentials(), by);
    }

    private static PersistentMap<Integer, Integer> counted(
            PersistentMap<Integer, Integer> counts, Kind kind, List<Integer> types, int by) {
        PersistentMap<Integer, Integer> changed = counts;
        Set<Integer> seen = new HashSet<>();
        for (int type : types) {
            if (seen.add(type)) {
                changed = plus(changed, kind.ordinal() << 16 | type, by);
            }
        }
        return changed;
    }

    private static PersistentMap<Integer, Integer> plus(
            PersistentMap<Integer, Integer> counts, int key, int by) {
        int count = counts.get(key).orElse(0) + by;
        return count == 0 ? counts.without(key) : counts.with(key, count);
    }

    private boolean allHave(Kind kind, int type) {
        return counts.get(kind.ordinal() << 16 | type).orElse(0) == size();
    }

    /** Whether every member understands a type of proposal that the RFC does not demand. */
    boolean allKnowProposal(int type) {
        return allHave(Kind.PROPOSAL, type);
    }

    /**
     * Whether all understand what the group has, and each other.
     *
     * @param extensions of the group
     * @throws MlsException GROUP_EXTENSION_NOT_SUPPORTED, REQUIRED_CAPABILITY_MISSING,
     *     CREDENTIAL_NOT_SUPPORTED or MALFORMED
     */
    void requireSupport(Extensions extensions) throws MlsException {
        for (Extension each : extensions.items()) {
            if (!Extension.isDefault(each.type()) && !allHave(Kind.EXTENSION, each.type())) {
                throw new MlsException(
                        Reason.GROUP_EXTENSION_NOT_SUPPORTED,
                        "extension " + each.type() + " of the group is not known to all members");
            }
        }
        Optional<Bytes> required = extensions.find(Extension.REQUIRED_CAPABILITIES);
        if (required.isPresent()) {
            requireAll(
                    Decoder.decodeInner(
                            RequiredCapabilities::read,
                            required.get().array(),
                            "required capabilities"));
        }
        for (int type : credentials.keys()) {
            if (!allHave(Kind.CREDENTIAL, type)) {
                throw new MlsException(
                        Reason.CREDENTIAL_NOT_SUPPORTED,
                        "credentials of type " + type + " are not known to all members");
            }
        }
    }

    private void requireAll(RequiredCapabilities required) throws MlsException {
        for (int type : required.extensions()) {
            if (!Extension.isDefault(type) && !allHave(Kind.EXTENSION, type)) {
                throw missing("extension", type);
            }
        }
        for (int type : required.proposals()) {
            if ((type < 1 || type > 7) && !allHave(Kind.PROPOSAL, type)) {
                throw missing("proposal", type);
            }
        }
        for (int type : required.credentials()) {
            if (!allHave(Kind.CREDENTIAL, type)) {
                throw missing("credential", type);
            }
        }
    }

    private static MlsException missing(String what, int type) {
        return new MlsException(
                Reason.REQUIRED_CAPABILITY_MISSING,
                what + " type " + type + " is required and not known to all members");
    }
}
