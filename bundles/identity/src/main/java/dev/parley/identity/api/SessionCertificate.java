package dev.parley.identity.api;

import dev.parley.identity.internal.HybridKey;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import dev.parley.wire.api.Value;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An agent's word, with both signatures, that an Ed25519 key signs its messages for at most an
 * hour. Messages then carry 64 bytes of signature instead of 3.4 kB. Immutable.
 */
public final class SessionCertificate {
    public static final String CONTEXT = "parley.session.v1";
    public static final Duration MAX_LIFETIME = Duration.ofHours(1);
    public static final int ID_BYTES = 16;
    public static final int MAX_BYTES = 512 + PublicKey.BYTES + Signature.BYTES;

    private final SignedRecord record;
    private final MachineId machine;
    private final byte[] sessionKey;
    private final Instant notBefore;
    private final Instant notAfter;
    private final byte[] id;

    private SessionCertificate(SignedRecord record) throws MalformedException {
        this.record = record;
        Fields fields = Fields.of(Cbor.decode(record.body(), 512), "session certificate");
        fields.integer(0, 1, 1);
        this.machine = MachineId.of(fields.bytes(1, KeyId.BYTES, KeyId.BYTES));
        this.sessionKey = fields.bytes(2, 32, 32);
        long from = fields.integer(3, 0, Long.MAX_VALUE / 2);
        long until = fields.integer(4, 0, Long.MAX_VALUE / 2);
        fields.end();
        if (until <= from || until - from > MAX_LIFETIME.toMillis()) {
            throw new MalformedException(
                    Reason.BAD_VALUE,
                    "session certificate: lasts " + (until - from) + " ms, at most an hour");
        }
        this.notBefore = Instant.ofEpochMilli(from);
        this.notAfter = Instant.ofEpochMilli(until);
        this.id = Arrays.copyOf(sha256(record.encode()), ID_BYTES);
    }

    public static SessionCertificate decode(byte[] bytes) throws MalformedException {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedException(
                    Reason.TOO_LONG,
                    "session certificate: " + bytes.length + " bytes, at most " + MAX_BYTES);
        }
        return new SessionCertificate(SignedRecord.decode(bytes));
    }

    static SessionCertificate issue(
            SecretKey agent,
            NetworkId network,
            MachineId machine,
            byte[] sessionKey,
            Instant from,
            Instant until) {
        byte[] body =
                Cbor.encode(
                        Value.map()
                                .put(0, Value.of(1))
                                .put(1, Value.of(machine.bytes()))
                                .put(2, Value.of(sessionKey))
                                .put(3, Value.of(from.toEpochMilli()))
                                .put(4, Value.of(until.toEpochMilli()))
                                .build());
        try {
            return new SessionCertificate(
                    new SignedRecord(body, agent.publicKey(), agent.sign(network, CONTEXT, body)));
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    public byte[] encode() {
        return record.encode();
    }

    /** The first 16 bytes of the SHA-256 of the encoding. */
    public byte[] id() {
        return id.clone();
    }

    public AgentId agent() {
        return record.signer().agentId();
    }

    public PublicKey agentKey() {
        return record.signer();
    }

    public MachineId machine() {
        return machine;
    }

    public Instant notBefore() {
        return notBefore;
    }

    public Instant notAfter() {
        return notAfter;
    }

    /**
     * @return whether both of the agent's signatures hold in this network; costs about 0.2 ms, so
     *     remember it
     */
    public boolean verify(NetworkId network) {
        return record.verify(network, CONTEXT);
    }

    public boolean validAt(Instant time) {
        return !time.isBefore(notBefore) && time.isBefore(notAfter);
    }

    /**
     * @return whether the session key signed this 32-byte digest
     */
    public boolean verifyDigest(byte[] digest, byte[] signature) {
        return HybridKey.verifyEd25519(sessionKey, digest, signature);
    }

    /** Issues certificates; kept apart so that reading one needs no secret. */
    public static SessionSigner newSession(
            SecretKey agent, NetworkId network, MachineId machine, Instant now) {
        HybridKey.Ed25519Secret secret = HybridKey.Ed25519Secret.generate();
        SessionCertificate certificate =
                issue(
                        agent,
                        network,
                        machine,
                        secret.publicKey(),
                        now.minusSeconds(30),
                        now.plusSeconds(3540));
        AtomicLong sequence = new AtomicLong();
        return new SessionSigner() {
            @Override
            public long nextSequence() {
                return sequence.getAndIncrement();
            }

            @Override
            public SessionCertificate certificate() {
                return certificate;
            }

            @Override
            public byte[] sign(byte[] digest) {
                return secret.sign(digest);
            }
        };
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "SessionCertificate" + List.of(agent(), notBefore, notAfter);
    }
}
