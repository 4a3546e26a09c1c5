package dev.parley.mls.internal.group;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.IdentityPolicy.Place;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.LeafNodeSource;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.mls.internal.tree.TreeValidation;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.mls.internal.welcome.WelcomeCrypto;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Key packages, one's own and those of others (RFC 9420 section 10). */
final class KeyPackages {
    /** Clocks differ: a key package is good from this long before it was made. */
    private static final Duration EARLIER = Duration.ofHours(1);

    private KeyPackages() {}

    /** The private keys of a key package, as {@link OwnKeyPackage} has them. */
    record PrivateKeys(Secret init, Secret leaf) implements Encodable {
        private static final int VERSION = 1;

        static PrivateKeys read(TlsReader in) throws MalformedException {
            int version = in.u8();
            if (version != VERSION) {
                throw in.unexpected("version", version);
            }
            return new PrivateKeys(
                    Secret.wrap(in.fixed(in.length())), Secret.wrap(in.fixed(in.length())));
        }

        @Override
        public void write(TlsWriter out) {
            out.u8(VERSION).put(init).put(leaf);
        }
    }

    /** The lifetime of a leaf that is made now. */
    static LeafNodeSource.KeyPackage life(Instant now, Duration lifetime) {
        long from = Math.max(0, now.getEpochSecond() - EARLIER.getSeconds());
        long until = now.getEpochSecond() + lifetime.getSeconds();
        return new LeafNodeSource.KeyPackage(from, until < 0 ? Long.MAX_VALUE : until);
    }

    static OwnKeyPackage make(
            Environment environment, Client client, Duration lifetime, Instant now)
            throws MlsException {
        CipherSuite suite = environment.suites().require(client.cipherSuite());
        if (lifetime.isNegative()
                || lifetime.isZero()
                || lifetime.compareTo(environment.limits().maxLifetime()) > 0) {
            throw new MlsException(
                    Reason.BAD_LIFETIME,
                    "a lifetime of "
                            + lifetime
                            + ", expected at most "
                            + environment.limits().maxLifetime());
        }
        KeyPair init = suite.kem().generateKeyPair(environment.random());
        KeyPair leafKey = suite.kem().generateKeyPair(environment.random());
        LeafNode leaf =
                Leaves.make(
                        environment,
                        suite,
                        client,
                        leafKey.publicKey(),
                        life(now, lifetime),
                        Bytes.EMPTY,
                        0);
        KeyPackage unsigned =
                new KeyPackage(
                        GroupContext.MLS10,
                        suite.id(),
                        init.publicKey(),
                        leaf,
                        Extensions.NONE,
                        Bytes.EMPTY);
        KeyPackage made =
                unsigned.withSignature(
                        suite.signWithLabel(
                                client.signer(), KeyPackage.LABEL, unsigned.signedBytes()));
        check(environment, suite, made);
        return new OwnKeyPackage(
                new MlsMessage.OfKeyPackage(made).encode(),
                WelcomeCrypto.reference(suite, made).toByteArray(),
                new PrivateKeys(init.privateKey(), leafKey.privateKey()).encode());
    }

    /**
     * The key package in a message.
     *
     * @throws MlsException MALFORMED or WRONG_MESSAGE
     */
    static KeyPackage decode(byte[] message) throws MlsException {
        if (Decoder.decodeInner(MlsMessage::read, message, "key package")
                instanceof MlsMessage.OfKeyPackage of) {
            return of.keyPackage();
        }
        throw new MlsException(Reason.WRONG_MESSAGE, "expected a key package");
    }

    /**
     * Checks all but the lifetime (section 10.1), and asks whose it is.
     *
     * @throws MlsException WRONG_VERSION, WRONG_SUITE, WRONG_LEAF_SOURCE, INIT_KEY_REUSED,
     *     DUPLICATE_EXTENSION, BAD_KEY, BAD_SIGNATURE, or as {@link Leaves#check}
     */
    static MemberId check(Environment environment, CipherSuite suite, KeyPackage keyPackage)
            throws MlsException {
        if (keyPackage.version() != GroupContext.MLS10) {
            throw new MlsException(
                    Reason.WRONG_VERSION, "key package: version " + keyPackage.version());
        }
        if (keyPackage.cipherSuite() != suite.id()) {
            throw new MlsException(
                    Reason.WRONG_SUITE,
                    "key package: suite " + keyPackage.cipherSuite() + ", expected " + suite.id());
        }
        LeafNode leaf = keyPackage.leafNode();
        if (!(leaf.source() instanceof LeafNodeSource.KeyPackage)) {
            throw new MlsException(
                    Reason.WRONG_LEAF_SOURCE, "key package: the leaf is made for something else");
        }
        if (keyPackage.initKey().equals(leaf.encryptionKey())) {
            throw new MlsException(
                    Reason.INIT_KEY_REUSED, "key package: the init key is the leaf's key");
        }
        Leaves.requireDistinct(keyPackage.extensions(), "key package");
        suite.kem().checkPublicKey(keyPackage.initKey());
        TreeValidation.leaf(suite, leaf, Bytes.EMPTY, 0);
        suite.requireSignature(
                leaf.signatureKey(),
                KeyPackage.LABEL,
                keyPackage.signedBytes(),
                keyPackage.signature(),
                "key package");
        return Leaves.checkUnsigned(environment, leaf, Place.KEY_PACKAGE, Optional.empty());
    }

    /**
     * Whether it may be used now.
     *
     * @throws MlsException BAD_LIFETIME
     */
    static void requireAlive(Environment environment, KeyPackage keyPackage, Instant now)
            throws MlsException {
        if (!(keyPackage.leafNode().source() instanceof LeafNodeSource.KeyPackage life)) {
            throw new MlsException(Reason.WRONG_LEAF_SOURCE, "no leaf of a key package");
        }
        long at = now.getEpochSecond();
        if (Long.compareUnsigned(at, life.notBefore()) < 0
                || Long.compareUnsigned(at, life.notAfter()) > 0) {
            throw new MlsException(
                    Reason.BAD_LIFETIME,
                    "key package: good from "
                            + Long.toUnsignedString(life.notBefore())
                            + " to "
                            + Long.toUnsignedString(life.notAfter())
                            + ", now is "
                            + at);
        }
        long most = environment.limits().maxLifetime().getSeconds();
        long total = life.notAfter() - life.notBefore();
        if (most != Long.MAX_VALUE
                && Long.compareUnsigned(total, most) > 0
                && Long.compareUnsigned(total - EARLIER.getSeconds(), most) > 0) {
            throw new MlsException(
                    Reason.BAD_LIFETIME, "key package: good for more than " + most + " seconds");
        }
    }
}
