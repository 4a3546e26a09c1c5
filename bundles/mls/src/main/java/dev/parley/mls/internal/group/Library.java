package dev.parley.mls.internal.group;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.Member;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Signer;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Begins and joins groups. */
public final class Library implements Mls {
    private final Environment environment;

    public Library(Environment environment) {
        this.environment = environment;
    }

    @Override
    public byte[] newSignatureKey(int cipherSuite) throws MlsException {
        return environment
                .suites()
                .require(cipherSuite)
                .sig()
                .generateKeyPair(environment.random())
                .privateKey()
                .reveal();
    }

    @Override
    public Signer signer(int cipherSuite, byte[] privateKey) throws MlsException {
        CipherSuite suite = environment.suites().require(cipherSuite);
        Secret secret = Secret.copyOf(privateKey);
        return suite.signer(
                new KeyPair(suite.sig().publicKey(secret), secret), environment.random());
    }

    @Override
    public OwnKeyPackage newKeyPackage(Client client, Duration lifetime, Instant now)
            throws MlsException {
        return KeyPackages.make(environment, client, lifetime, now);
    }

    @Override
    public Member inspect(byte[] keyPackage, Instant now) throws MlsException {
        KeyPackage decoded = KeyPackages.decode(keyPackage);
        CipherSuite suite = environment.suites().require(decoded.cipherSuite());
        MemberId id = KeyPackages.check(environment, suite, decoded);
        KeyPackages.requireAlive(environment, decoded, now);
        return Roster.Known.of(0, id, decoded.leafNode()).member();
    }

    @Override
    public GroupState create(
            Client client, byte[] groupId, List<MlsExtension> extensions, Instant now)
            throws MlsException {
        return Creating.create(
                environment, client, Bytes.copyOf(groupId), Convert.extensions(extensions), now);
    }

    @Override
    public List<byte[]> recipients(byte[] welcome) throws MlsException {
        return WelcomeReader.decode(welcome).secrets().stream()
                .map(each -> each.newMember().toByteArray())
                .toList();
    }

    @Override
    public GroupState join(
            byte[] welcome,
            OwnKeyPackage keyPackage,
            Client client,
            Optional<byte[]> tree,
            PskSource psks,
            Instant now)
            throws MlsException {
        return new WelcomeReader(environment, welcome, keyPackage)
                .join(client, tree, psks, Optional.empty());
    }

    @Override
    public Committed joinByCommit(
            byte[] groupInfo,
            Client client,
            Optional<byte[]> tree,
            List<Proposing> keys,
            PskSource psks,
            byte[] authenticatedData,
            Instant now)
            throws MlsException {
        return new ExternalJoin(environment, groupInfo, client)
                .join(tree, keys, psks, authenticatedData);
    }

    @Override
    public Committed succeed(GroupState ended, Client client, List<byte[]> keyPackages, Instant now)
            throws MlsException {
        return Successors.reinit(environment, epoch(ended), client, keyPackages, now);
    }

    @Override
    public Committed branch(
            GroupState parent,
            Client client,
            byte[] groupId,
            List<MlsExtension> extensions,
            List<byte[]> keyPackages,
            Instant now)
            throws MlsException {
        return Successors.branch(
                environment,
                epoch(parent),
                client,
                Bytes.copyOf(groupId),
                Convert.extensions(extensions),
                keyPackages,
                now);
    }

    @Override
    public GroupState joinSuccessor(
            byte[] welcome,
            OwnKeyPackage keyPackage,
            Client client,
            Optional<byte[]> tree,
            GroupState origin,
            PskSource psks,
            Instant now)
            throws MlsException {
        return new WelcomeReader(environment, welcome, keyPackage)
                .join(client, tree, psks, Optional.of(epoch(origin)));
    }

    private static Epoch epoch(GroupState state) throws MlsException {
        if (state instanceof Group group) {
            return group.epochOf();
        }
        throw new MlsException(Reason.LATE_ONLY, "the state is for late messages only");
    }

    @Override
    public byte[] proposeJoin(byte[] groupId, long epoch, byte[] keyPackage, Client client)
            throws MlsException {
        ProposalMaker maker =
                new ProposalMaker(environment, environment.suites().require(client.cipherSuite()));
        return maker.fromOutside(
                groupId,
                epoch,
                new Sender.NewMemberProposal(),
                maker.make(new Proposing.Add(keyPackage), Optional.empty()),
                client.signer());
    }

    @Override
    public byte[] proposeFromOutside(
            int cipherSuite,
            byte[] groupId,
            long epoch,
            int senderIndex,
            Proposing proposal,
            Signer signer)
            throws MlsException {
        ProposalMaker maker =
                new ProposalMaker(environment, environment.suites().require(cipherSuite));
        return maker.fromOutside(
                groupId,
                epoch,
                new Sender.External(senderIndex),
                maker.make(proposal, Optional.empty()),
                signer);
    }

    @Override
    public GroupState decode(byte[] encoded, Collection<byte[]> reservations) throws MlsException {
        return GroupCodec.decode(environment, encoded, reservations);
    }
}
