package dev.parley.mls.internal.framing;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.schedule.EpochKeys;
import dev.parley.mls.internal.schedule.MessageKey;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.wire.api.MalformedException;
import java.util.Arrays;

/**
 * Private messages of one epoch (RFC 9420 section 6.3).
 *
 * @param context of the epoch
 * @param keys of its messages; the only part that changes
 */
public record PrivateFraming(
        CipherSuite suite, GroupContext context, Secret senderDataSecret, EpochKeys keys) {
    private static final int GUARD_BYTES = 4;

    /** Finds the signature key of a member. */
    @FunctionalInterface
    public interface SignatureKeys {
        /**
         * @throws MlsException NO_SUCH_MEMBER
         */
        Bytes of(long leafIndex) throws MlsException;
    }

    /** {@code SenderData}, section 6.3.2. */
    private record SenderData(long leafIndex, long generation, byte[] reuseGuard) {
        static SenderData read(TlsReader in) throws MalformedException {
            return new SenderData(in.u32(), in.u32(), in.fixed(GUARD_BYTES));
        }

        byte[] encode() {
            return new TlsWriter(16).u32(leafIndex).u32(generation).fixed(reuseGuard).toByteArray();
        }
    }

    private static EpochKeys.Kind kind(int contentType) {
        return contentType == Content.APPLICATION
                ? EpochKeys.Kind.APPLICATION
                : EpochKeys.Kind.HANDSHAKE;
    }

    /**
     * Encrypts a signed message. The key is used up even if the result is thrown away.
     *
     * @param message signed with the wire format of private messages
     * @param paddingBlock the plaintext is filled with zeros to a multiple of this many bytes; 1 or
     *     less for no padding
     * @throws MlsException SENDER_NOT_ALLOWED unless a member sends it
     */
    public MlsMessage.Private protect(
            AuthenticatedContent message, int paddingBlock, Randomness random) throws MlsException {
        FramedContent content = message.content();
        if (!(content.sender() instanceof Sender.Member sender)
                || message.wireFormat() != MlsMessage.PRIVATE_MESSAGE) {
            throw new MlsException(Reason.SENDER_NOT_ALLOWED, "only members send private messages");
        }
        Framing.checkEpoch(context, content.groupId(), content.epoch());
        int type = content.content().type();
        MessageKey key = keys.next((int) sender.leafIndex(), kind(type));
        byte[] plaintext = plaintext(message, paddingBlock);
        byte[] guard = random.bytes(GUARD_BYTES);
        byte[] ciphertext =
                suite.aead()
                        .seal(
                                key.key(),
                                key.guardedNonce(guard),
                                contentAad(type, content.authenticatedData()),
                                plaintext);
        key.destroy();
        Arrays.fill(plaintext, (byte) 0);
        SenderData data = new SenderData(sender.leafIndex(), key.generation(), guard);
        return new MlsMessage.Private(
                content.groupId(),
                content.epoch(),
                type,
                content.authenticatedData(),
                Bytes.wrap(sealSenderData(type, data, ciphertext)),
                Bytes.wrap(ciphertext));
    }

    private static byte[] plaintext(AuthenticatedContent message, int paddingBlock) {
        TlsWriter out = new TlsWriter(512);
        message.content().content().writeBody(out);
        message.auth().write(out);
        byte[] bytes = out.toByteArray();
        out.wipe();
        int over = paddingBlock > 1 ? bytes.length % paddingBlock : 0;
        return over == 0 ? bytes : Arrays.copyOf(bytes, bytes.length + paddingBlock - over);
    }

    /**
     * Decrypts a message and checks its signature. Its key is used up only if all of that succeeds.
     *
     * @throws MlsException WRONG_EPOCH, DECRYPTION_FAILED, NO_SUCH_MEMBER, KEY_USED,
     *     GENERATION_TOO_FAR, BAD_SIGNATURE, BAD_PADDING or MALFORMED
     */
    public AuthenticatedContent unprotect(MlsMessage.Private message, SignatureKeys members)
            throws MlsException {
        return open(message, members, context.encode(), true).content();
    }

    /** A message and the generation of its key. */
    public record Opened(AuthenticatedContent content, long generation) {}

    /**
     * As {@link #unprotect}.
     *
     * @param groupContext the encoded context
     * @param use whether the key is used up; if not, the same message can be opened again
     */
    public Opened open(
            MlsMessage.Private message, SignatureKeys members, byte[] groupContext, boolean use)
            throws MlsException {
        Framing.checkEpoch(context, message.groupId(), message.epoch());
        SenderData data = openSenderData(message);
        Bytes publicKey = members.of(data.leafIndex());
        EpochKeys.Opener<Opened> opener =
                key -> {
                    AuthenticatedContent content = open(message, data, key);
                    Framing.verify(suite, content, groupContext, publicKey);
                    return new Opened(content, data.generation());
                };
        int leaf = (int) data.leafIndex();
        EpochKeys.Kind kind = kind(message.contentType());
        return use
                ? keys.open(leaf, kind, data.generation(), opener)
                : keys.peek(leaf, kind, data.generation(), opener);
    }

    private AuthenticatedContent open(MlsMessage.Private message, SenderData data, MessageKey key)
            throws MlsException {
        byte[] plaintext =
                suite.aead()
                        .open(
                                key.key(),
                                key.guardedNonce(data.reuseGuard()),
                                contentAad(message.contentType(), message.authenticatedData()),
                                message.ciphertext().array());
        try {
            TlsReader in = TlsReader.of(plaintext, "private message");
            Content content = Content.readBody(message.contentType(), in);
            AuthData auth = AuthData.read(message.contentType(), in);
            for (byte padding : in.fixed(in.remaining())) {
                if (padding != 0) {
                    throw new MlsException(
                            Reason.BAD_PADDING, "the padding has a byte that is not zero");
                }
            }
            return new AuthenticatedContent(
                    MlsMessage.PRIVATE_MESSAGE,
                    new FramedContent(
                            message.groupId(),
                            message.epoch(),
                            new Sender.Member(data.leafIndex()),
                            message.authenticatedData(),
                            content),
                    auth);
        } catch (MalformedException e) {
            throw Decoder.malformed(e);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    private byte[] contentAad(int contentType, Bytes authenticatedData) {
        return aad(contentType).opaque(authenticatedData).toByteArray();
    }

    private TlsWriter aad(int contentType) {
        return new TlsWriter(128).opaque(context.groupId()).u64(context.epoch()).u8(contentType);
    }

    /** Key and nonce for sender data, from a sample of the ciphertext (section 6.3.2). */
    private MessageKey senderDataKey(byte[] ciphertext) {
        byte[] sample =
                Arrays.copyOf(ciphertext, Math.min(ciphertext.length, suite.secretLength()));
        return new MessageKey(
                0,
                suite.expandWithLabel(senderDataSecret, "key", sample, suite.aead().keyLength()),
                suite.expandWithLabel(
                        senderDataSecret, "nonce", sample, suite.aead().nonceLength()));
    }

    private byte[] sealSenderData(int contentType, SenderData data, byte[] ciphertext) {
        MessageKey key = senderDataKey(ciphertext);
        byte[] sealed =
                suite.aead()
                        .seal(
                                key.key(),
                                key.nonce().reveal(),
                                aad(contentType).toByteArray(),
                                data.encode());
        key.destroy();
        return sealed;
    }

    private SenderData openSenderData(MlsMessage.Private message) throws MlsException {
        MessageKey key = senderDataKey(message.ciphertext().array());
        try {
            byte[] opened =
                    suite.aead()
                            .open(
                                    key.key(),
                                    key.nonce().reveal(),
                                    aad(message.contentType()).toByteArray(),
                                    message.encryptedSenderData().array());
            return Decoder.decodeInner(SenderData::read, opened, "sender data");
        } finally {
            key.destroy();
        }
    }
}
