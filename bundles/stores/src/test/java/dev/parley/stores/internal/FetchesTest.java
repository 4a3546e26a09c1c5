package dev.parley.stores.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.identity.api.MachineId;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FetchesTest {
    private static final Path NOTE = Path.ROOT.at("note", ObjectType.REGISTER);
    private static final Id AUTHOR = Id.parse("ab".repeat(32));

    private final Fetches fetches = new Fetches();
    private Replica replica;
    private SyncMessage.Checkpointed offered;

    @BeforeEach
    void make() throws Exception {
        replica =
                Replica.create(
                        new StoreInfo(
                                "parley.test",
                                AUTHOR,
                                StoreInfo.Mode.OPEN,
                                false,
                                "x",
                                new byte[16]));
        offered = offer(100);
    }

    private SyncMessage.Checkpointed offer(int length) throws Exception {
        replica.transact(AUTHOR, 1, id -> new byte[0], it -> it.set(NOTE, Scalar.of("more")));
        Checkpoint made = replica.snapshot(replica.heads(""), false).checkpoint();
        return new SyncMessage.Checkpointed(made, List.of(), length);
    }

    private static MachineId machine(int number) {
        byte[] id = new byte[MachineId.BYTES];
        id[0] = (byte) number;
        return MachineId.of(id);
    }

    private static ByteArrayOutputStream of(int bytes) {
        ByteArrayOutputStream sofar = new ByteArrayOutputStream();
        sofar.writeBytes(new byte[bytes]);
        return sofar;
    }

    private int left(int machine) {
        return fetches.goOn(machine(machine), offered).size();
    }

    @Test
    void eachHolderGoesOnWhereItWasOnce() {
        fetches.putAside(machine(1), offered, of(10), 100);
        fetches.putAside(machine(2), offered, of(20), 100);
        assertThat(left(1)).isEqualTo(10);
        assertThat(left(1)).isZero();
        assertThat(left(2)).isEqualTo(20);
    }

    @Test
    void anotherFileBeginsAnew() throws Exception {
        fetches.putAside(machine(1), offered, of(10), 100);
        assertThat(fetches.goOn(machine(1), offer(100)).size()).isZero();
        fetches.putAside(machine(1), offered, of(10), 100);
        assertThat(
                        fetches.goOn(
                                        machine(1),
                                        new SyncMessage.Checkpointed(
                                                offered.checkpoint(), offered.approvals(), 99))
                                .size())
                .isZero();
    }

    @Test
    void ofTooMuchTheLeastIsGivenUp() {
        fetches.putAside(machine(1), offered, of(70), 100);
        fetches.putAside(machine(2), offered, of(40), 100);
        assertThat(left(2)).isZero();
        for (int i = 2; i < 2 + Fetches.MAX_ASIDE; i++) {
            fetches.putAside(machine(i), offered, of(i), 100);
        }
        assertThat(left(2)).isZero();
        assertThat(left(1)).isEqualTo(70);
        assertThat(left(3)).isEqualTo(3);
    }
}
