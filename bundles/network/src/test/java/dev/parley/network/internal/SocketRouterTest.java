package dev.parley.network.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.network.internal.SocketRouter.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SocketRouterTest {
    private final SocketRouter router = new SocketRouter();
    private final ByteBuffer ours = router.dialling();

    private static ByteBuf longHeader(int version, byte[] id) {
        return Unpooled.buffer()
                .writeByte(0xc0)
                .writeInt(version)
                .writeByte(id.length)
                .writeBytes(id)
                .writeZero(30);
    }

    private static byte[] bytes(ByteBuffer id) {
        byte[] bytes = new byte[id.remaining()];
        id.duplicate().get(bytes);
        return bytes;
    }

    @Test
    void anAnswerToOurDialIsForTheDialler() {
        assertThat(router.role(longHeader(1, bytes(ours)))).isEqualTo(Role.CLIENT);
        assertThat(router.role(longHeader(0, bytes(ours)))).isEqualTo(Role.CLIENT);
        assertThat(router.role(Unpooled.buffer().writeByte(0x40).writeBytes(bytes(ours))))
                .isEqualTo(Role.CLIENT);
    }

    @Test
    void aStrangersFirstPacketIsForTheListenerWhateverIdItMadeUp() {
        byte[] id = bytes(ours);
        id[19] ^= 1;
        assertThat(router.role(longHeader(1, id))).isEqualTo(Role.SERVER);
        assertThat(router.role(longHeader(1, new byte[8]).writeZero(30))).isEqualTo(Role.SERVER);
    }

    @Test
    void idsOfTheListenerComeBackToTheListener() {
        for (int i = 0; i < 100; i++) {
            byte[] input = {(byte) i, 2, 3, 4};
            ByteBuffer id = SocketRouter.accepting().newId(ByteBuffer.wrap(input), 20);
            assertThat(router.role(Unpooled.buffer().writeByte(0x40).writeBytes(bytes(id))))
                    .isEqualTo(Role.SERVER);
        }
    }

    @Test
    void aConnectionThatIsOverIsForgotten() {
        router.release(ours);
        assertThat(router.role(longHeader(1, bytes(ours)))).isEqualTo(Role.SERVER);
    }

    @Test
    void whatIsNoQuicIsForNeither() {
        assertThat(router.role(Unpooled.buffer().writeZero(60))).isEqualTo(Role.NEITHER);
        assertThat(router.role(Unpooled.buffer().writeByte(0x40))).isEqualTo(Role.NEITHER);
        assertThat(router.role(Unpooled.EMPTY_BUFFER)).isEqualTo(Role.NEITHER);
    }
}
