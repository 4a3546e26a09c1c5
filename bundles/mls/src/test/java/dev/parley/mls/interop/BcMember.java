package dev.parley.mls.interop;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.mls.TreeKEM.LeafIndex;
import org.bouncycastle.mls.TreeKEM.LeafNode;
import org.bouncycastle.mls.TreeKEM.LifeTime;
import org.bouncycastle.mls.codec.Capabilities;
import org.bouncycastle.mls.codec.Credential;
import org.bouncycastle.mls.codec.KeyPackage;
import org.bouncycastle.mls.codec.MLSInputStream;
import org.bouncycastle.mls.codec.MLSMessage;
import org.bouncycastle.mls.codec.MLSOutputStream;
import org.bouncycastle.mls.codec.PreSharedKeyID;
import org.bouncycastle.mls.codec.Proposal;
import org.bouncycastle.mls.codec.WireFormat;
import org.bouncycastle.mls.crypto.MlsCipherSuite;
import org.bouncycastle.mls.crypto.Secret;
import org.bouncycastle.mls.protocol.Group;
import org.bouncycastle.mls.protocol.Group.CommitOptions;
import org.bouncycastle.mls.protocol.Group.CommitParameters;
import org.bouncycastle.mls.protocol.Group.GroupWithMessage;
import org.bouncycastle.mls.protocol.Group.LeafNodeOptions;
import org.bouncycastle.mls.protocol.Group.MessageOptions;

/**
 * A member of BouncyCastle's bcmls. It keeps to what that library can do: always with a path,
 * because who joins it by a welcome without one misses later commits; and it never removes the last
 * other member.
 */
final class BcMember implements Participant {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String name;
    private final MlsCipherSuite suite;
    private final byte[] signatureKey;
    private final AsymmetricCipherKeyPair signatureKeys;
    private final Map<Secret, byte[]> psks = new HashMap<>();
    private AsymmetricCipherKeyPair initKeys;
    private AsymmetricCipherKeyPair leafKeys;
    private KeyPackage keyPackage;
    private Group group;

    BcMember(String name, int suite) throws Exception {
        this.name = name;
        this.suite = MlsCipherSuite.getSuite((short) suite);
        signatureKeys = this.suite.generateSignatureKeyPair();
        signatureKey = this.suite.serializeSignaturePrivateKey(signatureKeys.getPrivate());
    }

    private static MLSMessage decode(byte[] message) throws Exception {
        return (MLSMessage) MLSInputStream.decode(message, MLSMessage.class);
    }

    private byte[] fresh() {
        byte[] bytes = new byte[suite.getKDF().getHashLength()];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private LeafNode newLeaf() throws Exception {
        leafKeys = suite.getHPKE().generatePrivateKey();
        return new LeafNode(
                suite,
                suite.getHPKE().serializePublicKey(leafKeys.getPublic()),
                suite.serializeSignaturePublicKey(signatureKeys.getPublic()),
                Credential.forBasic(name.getBytes(StandardCharsets.UTF_8)),
                new Capabilities(),
                new LifeTime(),
                new ArrayList<>(),
                signatureKey);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean ours() {
        return false;
    }

    @Override
    public Set<Ability> abilities() {
        return EnumSet.complementOf(EnumSet.of(Ability.JOIN_WITHOUT_PATH));
    }

    @Override
    public byte[] keyPackage() throws Exception {
        initKeys = suite.getHPKE().generatePrivateKey();
        keyPackage =
                new KeyPackage(
                        suite,
                        suite.getHPKE().serializePublicKey(initKeys.getPublic()),
                        newLeaf(),
                        new ArrayList<>(),
                        signatureKey);
        return MLSOutputStream.encode(MLSMessage.keyPackage(keyPackage));
    }

    @Override
    public void knowPsk(byte[] id, byte[] secret) {
        psks.put(new Secret(id), secret);
        if (group != null) {
            group.insertExternalPsk(new Secret(id), secret);
        }
    }

    @Override
    public void create(byte[] groupId) throws Exception {
        LeafNode leaf = newLeaf();
        group = new Group(groupId, suite, leafKeys, signatureKey, leaf, new ArrayList<>());
    }

    @Override
    public void join(byte[] welcome) throws Exception {
        group =
                new Group(
                        suite.getHPKE().serializePrivateKey(initKeys.getPrivate()),
                        leafKeys,
                        signatureKey,
                        keyPackage,
                        decode(welcome).welcome,
                        null,
                        psks,
                        new HashMap<>());
    }

    @Override
    public byte[] joinByCommit(byte[] groupInfo) throws Exception {
        keyPackage();
        GroupWithMessage made =
                Group.externalJoin(
                        new Secret(fresh()),
                        signatureKeys,
                        keyPackage,
                        decode(groupInfo).groupInfo,
                        null,
                        new MessageOptions(),
                        null,
                        new HashMap<>());
        group = made.group;
        psks.forEach(group::insertExternalPsk);
        return MLSOutputStream.encode(made.message);
    }

    @Override
    public Made commit(Wish wish) throws Exception {
        List<Proposal> proposals = new ArrayList<>();
        for (byte[] add : wish.adds()) {
            proposals.add(Proposal.add(decode(add).keyPackage));
        }
        for (int leaf : wish.removes()) {
            proposals.add(Proposal.remove(new LeafIndex(leaf)));
        }
        for (byte[] id : wish.psks()) {
            proposals.add(Proposal.preSharedKey(PreSharedKeyID.external(id, fresh())));
        }
        GroupWithMessage made =
                group.commit(
                        new Secret(fresh()),
                        new CommitOptions(proposals, true, true, null),
                        options(wish.publicMessage()),
                        new CommitParameters(Group.NORMAL_COMMIT_PARAMS));
        group = made.group;
        byte[] commit = MLSOutputStream.encode(made.message);
        made.message.wireFormat = WireFormat.mls_welcome;
        return new Made(commit, Optional.of(MLSOutputStream.encode(made.message)));
    }

    private static MessageOptions options(boolean publicMessage) {
        return new MessageOptions(!publicMessage, new byte[0], 0);
    }

    @Override
    public byte[] proposeAdd(byte[] added, boolean publicMessage) throws Exception {
        return proposed(group.add(decode(added).keyPackage, options(publicMessage)));
    }

    @Override
    public byte[] proposeRemove(int leaf, boolean publicMessage) throws Exception {
        // Its own method counts members, not leaves; this one signs any proposal.
        Proposal remove = Proposal.remove(new LeafIndex(leaf));
        return proposed(group.update(remove, options(publicMessage)));
    }

    @Override
    public byte[] proposeUpdate(boolean publicMessage) throws Exception {
        Proposal update =
                group.updateProposal(suite.getHPKE().generatePrivateKey(), new LeafNodeOptions());
        return proposed(group.update(update, options(publicMessage)));
    }

    /** It queues its own proposals only when it receives them. */
    private byte[] proposed(MLSMessage message) throws Exception {
        byte[] encoded = MLSOutputStream.encode(message);
        group.handle(encoded, null);
        return encoded;
    }

    @Override
    public void receive(byte[] handshake) throws Exception {
        Group next = group.handle(handshake, null);
        if (next != null) {
            group = next;
        }
    }

    @Override
    public byte[] encrypt(byte[] content, byte[] authenticatedData) throws Exception {
        return MLSOutputStream.encode(group.protect(authenticatedData, content, 0));
    }

    @Override
    public Plain decrypt(byte[] message) throws Exception {
        byte[][] plain = group.unprotect(decode(message));
        return new Plain(plain[1], Optional.of(plain[0]));
    }

    @Override
    public byte[] groupInfo() throws Exception {
        return MLSOutputStream.encode(group.getGroupInfo(true));
    }

    @Override
    public int leaf() {
        return group.getIndex().value();
    }

    @Override
    public Epoch epoch() throws Exception {
        MLSMessage info = group.getGroupInfo(false);
        return Epoch.of(
                group.getEpoch(),
                group.getEpochAuthenticator(),
                info.groupInfo.getGroupContext().getConfirmedTranscriptHash(),
                info.groupInfo.getGroupContext().getTreeHash());
    }

    @Override
    public byte[] export(String label, byte[] context, int length) throws Exception {
        return group.getKeySchedule().MLSExporter(label, context, length);
    }
}
