package dev.parley.mls.internal.group;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.IdentityPolicy.Place;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.framing.Transcript;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.schedule.EpochSecrets;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.mls.internal.tree.PrivateTree;
import dev.parley.mls.internal.tree.RatchetTree;
import dev.parley.mls.internal.welcome.GroupContext;
import java.time.Instant;
import java.util.Optional;

/** Begins a group of one member (RFC 9420 section 11). */
final class Creating {
    private Creating() {}

    static Group create(
            Environment environment,
            Client client,
            Bytes groupId,
            Extensions extensions,
            Instant now)
            throws MlsException {
        CipherSuite suite = environment.suites().require(client.cipherSuite());
        Applying.checkGroup(environment, suite.sig()::checkPublicKey, extensions);
        KeyPair key = suite.kem().generateKeyPair(environment.random());
        LeafNode leaf =
                Leaves.make(
                        environment,
                        suite,
                        client,
                        key.publicKey(),
                        KeyPackages.life(now, environment.limits().maxLifetime()),
                        groupId,
                        0);
        MemberId id =
                Leaves.check(
                        environment, suite, leaf, groupId, 0, Place.KEY_PACKAGE, Optional.empty());
        RatchetTree tree = RatchetTree.of(suite, leaf);
        Roster roster = Roster.EMPTY.with(Roster.Known.of(0, id, leaf), leaf);
        roster.requireSupport(extensions);
        GroupContext context =
                new GroupContext(
                        GroupContext.MLS10,
                        suite.id(),
                        groupId,
                        0,
                        tree.treeHash(),
                        Bytes.EMPTY,
                        extensions);
        Secret secret = Secret.wrap(environment.random().bytes(suite.secretLength()));
        EpochSecrets secrets = EpochSecrets.of(suite, secret);
        secret.destroy();
        Bytes tag = secrets.confirmationTag(suite, Bytes.EMPTY);
        return Group.begin(
                environment,
                Epoch.begin(
                        context,
                        tree,
                        roster,
                        PrivateTree.of(0, key),
                        secrets,
                        Transcript.interim(suite, Bytes.EMPTY, tag),
                        tag,
                        environment.keyLimits(),
                        new Sent(),
                        Optional.empty()));
    }
}
