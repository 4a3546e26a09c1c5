package dev.parley.mls.internal.group;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.Member;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Signer;
import dev.parley.mls.internal.codec.Secret;
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

    private static UnsupportedOperationException later() {
        return new UnsupportedOperationException("not there yet");
    }

    @Override
    public OwnKeyPackage newKeyPackage(Client client, Duration lifetime, Instant now) {
        throw later();
    }

    @Override
    public Member inspect(byte[] keyPackage, Instant now) {
        throw later();
    }

    @Override
    public GroupState create(
            Client client, byte[] groupId, List<MlsExtension> extensions, Instant now) {
        throw later();
    }

    @Override
    public List<byte[]> recipients(byte[] welcome) {
        throw later();
    }

    @Override
    public GroupState join(
            byte[] welcome,
            OwnKeyPackage keyPackage,
            Client client,
            Optional<byte[]> tree,
            PskSource psks,
            Instant now) {
        throw later();
    }

    @Override
    public Committed joinByCommit(
            byte[] groupInfo,
            Client client,
            Optional<byte[]> tree,
            PskSource psks,
            byte[] authenticatedData,
            Instant now) {
        throw later();
    }

    @Override
    public Committed succeed(
            GroupState ended, Client client, List<byte[]> keyPackages, Instant now) {
        throw later();
    }

    @Override
    public Committed branch(
            GroupState parent,
            Client client,
            byte[] groupId,
            List<MlsExtension> extensions,
            List<byte[]> keyPackages,
            Instant now) {
        throw later();
    }

    @Override
    public GroupState joinSuccessor(
            byte[] welcome,
            OwnKeyPackage keyPackage,
            Client client,
            Optional<byte[]> tree,
            GroupState origin,
            PskSource psks,
            Instant now) {
        throw later();
    }

    @Override
    public byte[] proposeJoin(byte[] groupId, long epoch, byte[] keyPackage, Client client) {
        throw later();
    }

    @Override
    public byte[] proposeFromOutside(
            int cipherSuite,
            byte[] groupId,
            long epoch,
            int senderIndex,
            Proposing proposal,
            Signer signer) {
        throw later();
    }

    @Override
    public GroupState decode(byte[] encoded, Collection<byte[]> reservations) {
        throw later();
    }
}
