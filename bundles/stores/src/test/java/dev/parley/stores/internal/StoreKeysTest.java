package dev.parley.stores.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.MemoryHistory;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SealKey;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.storage.internal.StorageComponent;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which keys are asked for, and which go, whatever others write. */
class StoreKeysTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final Path NAME = Path.ROOT.at("name", ObjectType.REGISTER);
    private static final Path SET = Path.ROOT.at("set", ObjectType.SET_ADD_WINS);
    private static final Scalar ALICE = Scalar.of("alice");
    private static final Id OWNER = agent(1);
    private static final Id OTHER = agent(2);

    @TempDir private java.nio.file.Path dir;
    private StorageComponent storage;
    private StoreInfo info = info(StoreInfo.Mode.OPEN);
    private Replica replica = Replica.create(info, new MemoryHistory(), event -> {});
    private long clock = NOW;

    @BeforeEach
    void open() throws Exception {
        storage = new StorageComponent(dir);
    }

    @AfterEach
    void close() throws Exception {
        storage.close();
    }

    private static Id agent(int number) {
        byte[] bytes = new byte[Id.BYTES];
        Arrays.fill(bytes, (byte) number);
        return Id.of(bytes);
    }

    private static StoreInfo info(StoreInfo.Mode mode) {
        return new StoreInfo("parley.test", OWNER, mode, false, "people", new byte[16]);
    }

    private StoreKeys keys() throws Exception {
        StoreKeys keys = new StoreKeys(new KeyRing(info.id(), storage.secrets("keys")));
        keys.begin(replica);
        return keys;
    }

    private SealKey key(Id author, int number) {
        byte[] secret = new byte[SealKey.BYTES];
        new Random(number).nextBytes(secret);
        return SealKey.of(info.id(), author, secret);
    }

    private SignedChange write(Replica to, Id author, String branch, Replica.Edit edit)
            throws RefusedException {
        return to.transact(author, branch, "", clock++, id -> new byte[1], edit);
    }

    /** Values that are sealed with keys that nobody has. */
    private void makeUp(StoreKeys keys, int from, int count) throws RefusedException {
        for (int i = from; i < from + count; i += 8192) {
            int first = i;
            int end = Math.min(i + 8192, from + count);
            SignedChange change =
                    write(
                            replica,
                            OTHER,
                            "",
                            it -> {
                                for (int j = first; j < end; j++) {
                                    it.add(
                                            SET,
                                            Scalar.Sealed.of(
                                                    new KeyId(7, j),
                                                    new byte[Scalar.MIN_SEALED_BYTES]));
                                }
                            });
            keys.met(replica, change);
        }
    }

    @Test
    void aKeyOfValuesOnABranchAloneIsUsedAndSaysNothingOfTheMainLine() throws Exception {
        StoreKeys keys = keys();
        SealKey key = key(OTHER, 1);
        keys.met(replica, write(replica, OTHER, "draft", it -> it.set(NAME, key.seal(ALICE))));
        assertThat(keys.missing()).containsExactly(key.id());
        KeyRing.Held held = new KeyRing.Held(key, "");
        keys.ring().keep(held);
        assertThat(keys.came(replica, List.of(held))).isEmpty();
        assertThat(keys.missing()).isEmpty();
        assertThat(replica.state("draft").register(NAME)).contains(ALICE);
        write(replica, OTHER, "", it -> it.set(NAME, key.seal(ALICE)));
        write(replica, OTHER, "", it -> it.shred(key.id()));
        assertThat(keys.noteShreds(replica).map(ChangeEvent::paths)).contains(Set.of(NAME));
    }

    @Test
    void nothingIsAskedForThatAVoidChangeIsSealedWith() throws Exception {
        Replica open = replica;
        info = info(StoreInfo.Mode.SHARED);
        replica = Replica.create(info, new MemoryHistory(), event -> {});
        SealKey key = key(OTHER, 1);
        StoreKeys keys = keys();
        // Who follows no rule writes it all the same.
        SignedChange given = write(open, OTHER, "", it -> it.set(NAME, key.seal(ALICE)));
        byte[] body = given.body().clone();
        System.arraycopy(info.id().bytes(), 0, body, bodyStart(body), Id.BYTES);
        SignedChange forged = new SignedChange(body, new byte[1]);
        replica.receive(forged, NOW + 1_000);
        assertThat(replica.isVoid(forged.id())).isTrue();
        keys.met(replica, forged);
        assertThat(keys.missing()).isEmpty();
    }

    private int bodyStart(byte[] body) {
        byte[] open = info(StoreInfo.Mode.OPEN).id().bytes();
        for (int i = 0; ; i++) {
            if (Arrays.equals(body, i, i + Id.BYTES, open, 0, Id.BYTES)) {
                return i;
            }
        }
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void keysThatSomebodyMadeUpKeepNoOtherFromBeingAskedFor() throws Exception {
        StoreKeys keys = keys();
        makeUp(keys, 0, KeyRing.MAX_KEYS);
        assertThat(keys.missingCount()).isEqualTo(KeyRing.MAX_KEYS);
        keys.ask(SyncMessage.MAX_IDS);
        makeUp(keys, KeyRing.MAX_KEYS, 40);
        SealKey key = key(OWNER, 1);
        keys.met(replica, write(replica, OWNER, "", it -> it.set(NAME, key.seal(ALICE))));
        assertThat(keys.missingCount()).isEqualTo(KeyRing.MAX_KEYS);
        assertThat(keys.missing()).contains(key.id());
        // Those that were asked for stand behind, and all get their turn.
        List<KeyId> asked = new ArrayList<>();
        for (int i = 0; i < 2 * KeyRing.MAX_KEYS / SyncMessage.MAX_IDS; i++) {
            List<KeyId> next = keys.ask(SyncMessage.MAX_IDS);
            assertThat(next).hasSize(SyncMessage.MAX_IDS).doesNotHaveDuplicates();
            asked.addAll(next);
        }
        assertThat(asked).contains(key.id());
        assertThat(keys.missingCount()).isEqualTo(KeyRing.MAX_KEYS);
        // One that comes now is in the next question, whatever nobody had.
        SealKey next = key(OWNER, 2);
        keys.met(replica, write(replica, OWNER, "", it -> it.set(NAME, next.seal(ALICE))));
        assertThat(keys.ask(SyncMessage.MAX_IDS)).hasSize(SyncMessage.MAX_IDS).contains(next.id());
    }

    @Test
    void aKeyFileThatCannotBeReadGoesWithItsShred() throws Exception {
        SealKey key = key(OWNER, 1);
        KeyRing ring = new KeyRing(info.id(), storage.secrets("keys"));
        ring.keep(new KeyRing.Held(key, "customer 42"));
        java.nio.file.Path file = dir.resolve("secrets").resolve("keys").resolve(key.id().hex());
        byte[] bytes = Files.readAllBytes(file);
        bytes[0]++;
        Files.write(file, bytes);
        write(replica, OWNER, "", it -> it.set(NAME, key.seal(ALICE)));
        StoreKeys keys = keys();
        assertThat(keys.missing()).containsExactly(key.id());
        assertThat(file).exists();
        write(replica, OWNER, "", it -> it.shred(key.id()));
        keys.noteShreds(replica);
        keys.ring().destroyForgotten();
        assertThat(file).doesNotExist();
        assertThat(keys.missing()).isEmpty();
    }

    @Test
    void keysOfOthersTakeNoRoomFromOnesOwn() throws Exception {
        KeyRing ring = keys().ring();
        for (int i = 0; i < KeyRing.MAX_KEYS; i++) {
            ring.add(new KeyRing.Held(key(OTHER, i), ""));
        }
        assertThat(ring.roomForOthers()).isZero();
        assertThat(ring.isFull()).isFalse();
        ring.end();
        assertThat(ring.all()).isEmpty();
    }
}
