package dev.parley.mls.internal.framing;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.mls.internal.welcome.GroupInfo;
import dev.parley.mls.internal.welcome.Welcome;
import dev.parley.wire.api.MalformedException;
import java.util.Optional;

/** All that MLS sends (RFC 9420 section 6); encoded with version and wire format. */
public sealed interface MlsMessage extends Encodable {
    int PUBLIC_MESSAGE = 1;
    int PRIVATE_MESSAGE = 2;
    int WELCOME = 3;
    int GROUP_INFO = 4;
    int KEY_PACKAGE = 5;

    int wireFormat();

    /** The message without version and wire format. */
    void writeBody(TlsWriter out);

    @Override
    default void write(TlsWriter out) {
        writeBody(out.u16(GroupContext.MLS10).u16(wireFormat()));
    }

    /**
     * Content that everybody can read.
     *
     * @param membershipTag there for members as senders and for nobody else
     */
    record Public(FramedContent content, AuthData auth, Optional<Bytes> membershipTag)
            implements MlsMessage {
        @Override
        public int wireFormat() {
            return PUBLIC_MESSAGE;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.put(content);
            auth.write(out);
            membershipTag.ifPresent(out::opaque);
        }

        public AuthenticatedContent authenticatedContent() {
            return new AuthenticatedContent(PUBLIC_MESSAGE, content, auth);
        }
    }

    /** Content that only members can read. */
    record Private(
            Bytes groupId,
            long epoch,
            int contentType,
            Bytes authenticatedData,
            Bytes encryptedSenderData,
            Bytes ciphertext)
            implements MlsMessage {
        @Override
        public int wireFormat() {
            return PRIVATE_MESSAGE;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.opaque(groupId)
                    .u64(epoch)
                    .u8(contentType)
                    .opaque(authenticatedData)
                    .opaque(encryptedSenderData)
                    .opaque(ciphertext);
        }
    }

    record OfWelcome(Welcome welcome) implements MlsMessage {
        @Override
        public int wireFormat() {
            return WELCOME;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.put(welcome);
        }
    }

    record OfGroupInfo(GroupInfo groupInfo) implements MlsMessage {
        @Override
        public int wireFormat() {
            return GROUP_INFO;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.put(groupInfo);
        }
    }

    record OfKeyPackage(KeyPackage keyPackage) implements MlsMessage {
        @Override
        public int wireFormat() {
            return KEY_PACKAGE;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.put(keyPackage);
        }
    }

    /**
     * Reads the one message that these bytes are.
     *
     * @throws MalformedException if they are not one of MLS 1.0
     */
    static MlsMessage decode(byte[] bytes) throws MalformedException {
        return Decoder.decode(MlsMessage::read, bytes, "MLS message");
    }

    static MlsMessage read(TlsReader in) throws MalformedException {
        int version = in.u16();
        if (version != GroupContext.MLS10) {
            throw in.unexpected("protocol version", version);
        }
        int wireFormat = in.u16();
        switch (wireFormat) {
            case PUBLIC_MESSAGE:
                return readPublic(in);
            case PRIVATE_MESSAGE:
                return readPrivate(in);
            case WELCOME:
                return new OfWelcome(Welcome.read(in));
            case GROUP_INFO:
                return new OfGroupInfo(GroupInfo.read(in));
            case KEY_PACKAGE:
                return new OfKeyPackage(KeyPackage.read(in));
            default:
                throw in.unexpected("wire format", wireFormat);
        }
    }

    private static Public readPublic(TlsReader in) throws MalformedException {
        FramedContent content = FramedContent.read(in);
        return new Public(
                content,
                AuthData.read(content.content().type(), in),
                content.sender() instanceof Sender.Member
                        ? Optional.of(in.opaque())
                        : Optional.empty());
    }

    private static Private readPrivate(TlsReader in) throws MalformedException {
        Bytes groupId = in.opaque();
        long epoch = in.u64();
        int contentType = in.u8();
        if (contentType < Content.APPLICATION || contentType > Content.COMMIT) {
            throw in.unexpected("content type", contentType);
        }
        return new Private(groupId, epoch, contentType, in.opaque(), in.opaque(), in.opaque());
    }
}
