package dev.parley.mls.internal.group;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.framing.Transcript;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.mls.internal.proposal.PreSharedKeyId.Usage;
import dev.parley.mls.internal.schedule.EpochSecrets;
import dev.parley.mls.internal.schedule.KeySchedule;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.mls.internal.tree.PrivateTree;
import dev.parley.mls.internal.tree.RatchetTree;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.mls.internal.welcome.GroupInfo;
import dev.parley.mls.internal.welcome.GroupSecrets;
import dev.parley.mls.internal.welcome.Welcome;
import dev.parley.mls.internal.welcome.WelcomeCrypto;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Joins by a welcome (RFC 9420 section 12.4.3.1). */
final class WelcomeReader {
    private final Environment environment;
    private final Welcome welcome;
    private final CipherSuite suite;
    private final KeyPackage keyPackage;
    private final KeyPackages.PrivateKeys keys;

    WelcomeReader(Environment environment, byte[] message, OwnKeyPackage own) throws MlsException {
        this.environment = environment;
        this.welcome = decode(message);
        this.keyPackage = KeyPackages.decode(own.message());
        this.suite = environment.suites().require(keyPackage.cipherSuite());
        this.keys =
                Decoder.decodeInner(
                        KeyPackages.PrivateKeys::read, own.privateKeys(), "private keys");
        if (welcome.cipherSuite() != suite.id()) {
            throw new MlsException(
                    Reason.WRONG_SUITE,
                    "welcome: suite " + welcome.cipherSuite() + ", expected " + suite.id());
        }
    }

    /**
     * @throws MlsException MALFORMED or WRONG_MESSAGE
     */
    static Welcome decode(byte[] message) throws MlsException {
        if (Decoder.decodeInner(MlsMessage::read, message, "welcome")
                instanceof MlsMessage.OfWelcome of) {
            return of.welcome();
        }
        throw new MlsException(Reason.WRONG_MESSAGE, "expected a welcome");
    }

    /**
     * @param client has to sign for the leaf of the key package
     * @param origin of a group that succeeds another
     */
    Group join(Client client, Optional<byte[]> tree, PskSource psks, Optional<Epoch> origin)
            throws MlsException {
        LeafNode leaf = keyPackage.leafNode();
        if (!Arrays.equals(client.signer().publicKey(), leaf.signatureKey().array())) {
            throw new MlsException(
                    Reason.BAD_KEY, "the signer has another key than our key package");
        }
        GroupSecrets secrets =
                WelcomeCrypto.openSecrets(
                        suite,
                        welcome,
                        WelcomeCrypto.reference(suite, keyPackage),
                        new KeyPair(keyPackage.initKey(), keys.init()));
        Optional<Usage> succeeds = succeeds(secrets.psks());
        if (succeeds.isPresent() != origin.isPresent()) {
            throw new MlsException(
                    Reason.WRONG_ORIGIN,
                    succeeds.isPresent()
                            ? "the group succeeds another, which has to be given"
                            : "the group does not succeed another");
        }
        Secret psk =
                PskSecrets.combine(
                        suite,
                        secrets.psks(),
                        origin.map(epoch -> PskSecrets.with(epoch, psks)).orElse(psks));
        try {
            GroupInfo info =
                    WelcomeCrypto.openGroupInfo(suite, welcome, secrets.joinerSecret(), psk);
            Joining.Checked checked = new Joining(environment, suite).check(info, tree);
            if (succeeds.isPresent()) {
                Successors.check(origin.orElseThrow(), secrets.psks(), info, checked.roster());
            }
            return begin(info, checked, secrets, psk);
        } finally {
            psk.destroy();
            secrets.joinerSecret().destroy();
            secrets.pathSecret().ifPresent(Secret::destroy);
        }
    }

    /** Checks the nonces and finds what kind of group this is. */
    private Optional<Usage> succeeds(List<PreSharedKeyId> psks) throws MlsException {
        Optional<Usage> found = Optional.empty();
        for (PreSharedKeyId each : psks) {
            if (each.nonce().length() != suite.secretLength()) {
                throw new MlsException(
                        Reason.BAD_PSK_NONCE, "a PSK nonce of " + each.nonce().length() + " bytes");
            }
            if (each instanceof PreSharedKeyId.Resumption resumption
                    && resumption.usage() != Usage.APPLICATION) {
                if (found.isPresent()) {
                    throw new MlsException(
                            Reason.BAD_PSK_USAGE, "a welcome to the successor of two groups");
                }
                found = Optional.of(resumption.usage());
            }
        }
        return found;
    }

    private Group begin(GroupInfo info, Joining.Checked checked, GroupSecrets secrets, Secret psk)
            throws MlsException {
        RatchetTree tree = checked.tree();
        GroupContext context = info.groupContext();
        int index =
                tree.find(keyPackage.leafNode())
                        .orElseThrow(
                                () ->
                                        new MlsException(
                                                Reason.NOT_IN_TREE, "our leaf is not in the tree"));
        PrivateTree own =
                PrivateTree.joined(
                        tree,
                        index,
                        new KeyPair(keyPackage.leafNode().encryptionKey(), keys.leaf()),
                        (int) info.signer(),
                        secrets.pathSecret());
        own.verify(tree);
        EpochSecrets epoch =
                KeySchedule.epoch(suite, secrets.joinerSecret(), psk, context.encode());
        Bytes tag = epoch.confirmationTag(suite, context.confirmedTranscriptHash());
        if (!tag.sameAs(info.confirmationTag().array())) {
            throw new MlsException(
                    Reason.BAD_CONFIRMATION_TAG, "group info: the confirmation tag is wrong");
        }
        return Group.begin(
                environment,
                Epoch.begin(
                        context,
                        tree,
                        checked.roster(),
                        own,
                        epoch,
                        Transcript.interim(suite, context.confirmedTranscriptHash(), tag),
                        tag,
                        environment.keyLimits(),
                        new Sent(),
                        Optional.empty()));
    }
}
