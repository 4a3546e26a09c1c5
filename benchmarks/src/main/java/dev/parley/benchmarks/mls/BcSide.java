package dev.parley.benchmarks.mls;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.mls.TreeKEM.LeafNode;
import org.bouncycastle.mls.TreeKEM.LifeTime;
import org.bouncycastle.mls.codec.Capabilities;
import org.bouncycastle.mls.codec.Credential;
import org.bouncycastle.mls.codec.KeyPackage;
import org.bouncycastle.mls.codec.MLSInputStream;
import org.bouncycastle.mls.codec.MLSMessage;
import org.bouncycastle.mls.codec.MLSOutputStream;
import org.bouncycastle.mls.codec.Proposal;
import org.bouncycastle.mls.codec.WireFormat;
import org.bouncycastle.mls.crypto.MlsCipherSuite;
import org.bouncycastle.mls.crypto.Secret;
import org.bouncycastle.mls.protocol.Group;
import org.bouncycastle.mls.protocol.Group.CommitOptions;
import org.bouncycastle.mls.protocol.Group.CommitParameters;
import org.bouncycastle.mls.protocol.Group.GroupWithMessage;
import org.bouncycastle.mls.protocol.Group.MessageOptions;
import org.jspecify.annotations.Nullable;

/** BouncyCastle's bcmls 1.84. It does not check the leaves of a tree when it joins. */
final class BcSide implements Side {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] NONE = {};
    private static final byte[] KIBIBYTE = new byte[1024];

    private record Newcomer(
            byte[] signatureKey,
            AsymmetricCipherKeyPair leafKeys,
            LeafNode leaf,
            AsymmetricCipherKeyPair initKeys,
            KeyPackage keyPackage,
            byte[] message) {}

    private final MlsCipherSuite suite;
    private int born;
    private @Nullable Group sender;
    private @Nullable Group receiver;
    private @Nullable Group nextSender;
    private @Nullable Group nextReceiver;
    private Newcomer newcomer;
    private byte[] addCommit = NONE;
    private byte[] welcome = NONE;
    private byte[] updateCommit = NONE;
    private byte[] message = NONE;

    BcSide(int suite) throws Exception {
        this.suite = MlsCipherSuite.getSuite((short) suite);
        newcomer = newcomer();
    }

    @Override
    public String name() {
        return "bcmls";
    }

    private Newcomer newcomer() throws Exception {
        AsymmetricCipherKeyPair signature = suite.generateSignatureKeyPair();
        byte[] signatureKey = suite.serializeSignaturePrivateKey(signature.getPrivate());
        AsymmetricCipherKeyPair leafKeys = suite.getHPKE().generatePrivateKey();
        AsymmetricCipherKeyPair initKeys = suite.getHPKE().generatePrivateKey();
        byte[] name = ("member-" + born++).getBytes(StandardCharsets.UTF_8);
        LeafNode leaf =
                new LeafNode(
                        suite,
                        suite.getHPKE().serializePublicKey(leafKeys.getPublic()),
                        suite.serializeSignaturePublicKey(signature.getPublic()),
                        Credential.forBasic(name),
                        new Capabilities(),
                        new LifeTime(),
                        new ArrayList<>(),
                        signatureKey);
        KeyPackage keyPackage =
                new KeyPackage(
                        suite,
                        suite.getHPKE().serializePublicKey(initKeys.getPublic()),
                        leaf,
                        new ArrayList<>(),
                        signatureKey);
        byte[] encoded = MLSOutputStream.encode(MLSMessage.keyPackage(keyPackage));
        return new Newcomer(signatureKey, leafKeys, leaf, initKeys, keyPackage, encoded);
    }

    private static MLSMessage decode(byte[] message) throws Exception {
        return (MLSMessage) MLSInputStream.decode(message, MLSMessage.class);
    }

    private GroupWithMessage commit(Group group, List<Proposal> proposals) throws Exception {
        byte[] secret = new byte[suite.getKDF().getHashLength()];
        RANDOM.nextBytes(secret);
        return group.commit(
                new Secret(secret),
                new CommitOptions(proposals, true, true, null),
                new MessageOptions(),
                new CommitParameters(Group.NORMAL_COMMIT_PARAMS));
    }

    private Group add(Group group) throws Exception {
        KeyPackage added = decode(newcomer.message()).keyPackage;
        GroupWithMessage made = commit(group, List.of(Proposal.add(added)));
        addCommit = MLSOutputStream.encode(made.message);
        made.message.wireFormat = WireFormat.mls_welcome;
        welcome = MLSOutputStream.encode(made.message);
        return made.group;
    }

    private Group joined() throws Exception {
        return new Group(
                suite.getHPKE().serializePrivateKey(newcomer.initKeys().getPrivate()),
                newcomer.leafKeys(),
                newcomer.signatureKey(),
                newcomer.keyPackage(),
                decode(welcome).welcome,
                null,
                new HashMap<>(),
                new HashMap<>());
    }

    private Group created(Newcomer first) throws Exception {
        return new Group(
                new byte[] {1},
                suite,
                first.leafKeys(),
                first.signatureKey(),
                first.leaf(),
                new ArrayList<>());
    }

    @Override
    public void build(int members) throws Exception {
        Group last = created(newcomer());
        Group before = last;
        for (int i = 1; i < members; i++) {
            newKeyPackage();
            before = add(last);
            last = joined();
        }
        sender = before;
        receiver = last;
    }

    @Override
    public void create() throws Exception {
        AsymmetricCipherKeyPair keys = suite.getHPKE().generatePrivateKey();
        LeafNode leaf =
                new LeafNode(
                        suite,
                        suite.getHPKE().serializePublicKey(keys.getPublic()),
                        newcomer.leaf().getSignatureKey(),
                        newcomer.leaf().getCredential(),
                        new Capabilities(),
                        new LifeTime(),
                        new ArrayList<>(),
                        newcomer.signatureKey());
        new Group(new byte[] {2}, suite, keys, newcomer.signatureKey(), leaf, new ArrayList<>());
    }

    @Override
    public void newKeyPackage() throws Exception {
        newcomer = newcomer();
    }

    @Override
    public void addCommit() throws Exception {
        add(Objects.requireNonNull(sender));
    }

    @Override
    public void processAdd() throws Exception {
        Objects.requireNonNull(receiver).handle(addCommit, null);
    }

    @Override
    public void join() throws Exception {
        joined();
    }

    @Override
    public void updateCommit() throws Exception {
        GroupWithMessage made = commit(Objects.requireNonNull(sender), List.of());
        updateCommit = MLSOutputStream.encode(made.message);
        nextSender = made.group;
    }

    @Override
    public void processUpdate() throws Exception {
        nextReceiver = Objects.requireNonNull(receiver).handle(updateCommit, null);
    }

    @Override
    public void advance() {
        receiver = nextSender;
        sender = nextReceiver;
    }

    @Override
    public void encrypt() throws Exception {
        message = MLSOutputStream.encode(Objects.requireNonNull(sender).protect(NONE, KIBIBYTE, 0));
    }

    @Override
    public void decrypt() throws Exception {
        Objects.requireNonNull(receiver).unprotect(decode(message));
    }

    @Override
    public Object freshState() throws Exception {
        return joined();
    }

    @Override
    public int commitBytes() {
        return updateCommit.length;
    }

    @Override
    public int welcomeBytes() {
        return welcome.length;
    }

    @Override
    public int keyPackageBytes() {
        return newcomer.message().length;
    }

    @Override
    public int messageBytes() {
        return message.length;
    }
}
