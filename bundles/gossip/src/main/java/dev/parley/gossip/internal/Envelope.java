package dev.parley.gossip.internal;

import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.SessionCertificate;
import dev.parley.identity.api.SessionSigner;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * One signed message. Layout: {@code certificate id[16] || varint sequence || i64 time ms || varint
 * ttl s || block retain key || block topic || block payload || signature[64]}.
 */
record Envelope(
        MessageId id,
        Instant time,
        Retention retention,
        Topic topic,
        byte[] payload,
        byte[] encoded) {
    static final int SIGNATURE_BYTES = 64;
    static final int MAX_BYTES = Gossip.MAX_PAYLOAD_BYTES + 512;
    private static final String CONTEXT = "parley.gossip.v1";

    static Envelope sign(
            SessionSigner session,
            NetworkId network,
            long sequence,
            Instant time,
            Retention retention,
            Topic topic,
            byte[] payload) {
        byte[] certificate = session.certificate().id();
        byte[] unsigned =
                new ByteWriter(payload.length + 256)
                        .bytes(certificate)
                        .varint(sequence)
                        .i64(time.toEpochMilli())
                        .varint(retention.ttl().toSeconds())
                        .text(retention.key())
                        .text(topic.name())
                        .block(payload)
                        .toByteArray();
        byte[] signature = session.sign(digest(network, unsigned, unsigned.length));
        byte[] encoded = Arrays.copyOf(unsigned, unsigned.length + SIGNATURE_BYTES);
        System.arraycopy(signature, 0, encoded, unsigned.length, SIGNATURE_BYTES);
        return new Envelope(
                new MessageId(certificate, sequence),
                Instant.ofEpochMilli(time.toEpochMilli()),
                retention,
                topic,
                payload,
                encoded);
    }

    static Envelope decode(byte[] bytes) throws MalformedException {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedException(
                    Reason.TOO_LONG,
                    "gossip envelope: " + bytes.length + " bytes, at most " + MAX_BYTES);
        }
        ByteReader in = new ByteReader(bytes, "gossip envelope");
        MessageId id = new MessageId(in.bytes(SessionCertificate.ID_BYTES), in.varint());
        long millis = in.i64();
        long ttl = in.varint();
        String key = in.text(Retention.MAX_KEY_BYTES, "retain key");
        String topic = in.text(Topic.MAX_CHARS, "topic");
        byte[] payload = in.block(Gossip.MAX_PAYLOAD_BYTES, "payload");
        in.bytes(SIGNATURE_BYTES);
        in.end();
        if (millis < 0
                || millis > 1L << 48
                || ttl > Retention.MAX_TTL.toSeconds()
                || !Topic.valid(topic)) {
            throw new MalformedException(
                    Reason.BAD_VALUE, "gossip envelope: time, ttl or topic out of range");
        }
        return new Envelope(
                id,
                Instant.ofEpochMilli(millis),
                new Retention(key, Duration.ofSeconds(ttl)),
                new Topic(topic),
                payload,
                bytes);
    }

    boolean verify(SessionCertificate certificate, NetworkId network) {
        int end = encoded.length - SIGNATURE_BYTES;
        return certificate.verifyDigest(
                digest(network, encoded, end), Arrays.copyOfRange(encoded, end, encoded.length));
    }

    /**
     * @return until when others may still be given this message
     */
    Instant expires(Duration unretained) {
        return time.plus(retention.retained() ? retention.ttl() : unretained);
    }

    private static byte[] digest(NetworkId network, byte[] bytes, int length) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(new ByteWriter(64).text(CONTEXT).text(network.name()).toByteArray());
            sha.update(bytes, 0, length);
            return sha.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
