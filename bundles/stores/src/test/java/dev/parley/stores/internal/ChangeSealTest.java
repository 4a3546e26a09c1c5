package dev.parley.stores.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.SignedChange;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import dev.parley.stores.api.StoreLink;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.vectors.Vectors;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangeSealTest {
    private static final Vectors VECTORS = Vectors.read("0011-store-sync.json");
    private static final NetworkId NETWORK = new NetworkId("parley.test");

    private static SignedChange change() throws MalformedException {
        return SyncMessage.change(VECTORS.givenBytes("change"));
    }

    private static SignedChange with(SignedChange change, byte[] signature) {
        return new SignedChange(change.body(), signature);
    }

    @Test
    void theVectorsChangeBringsItsAuthorsKeyAndHolds() throws MalformedException {
        SignedChange change = change();
        PublicKey key = ChangeSeal.key(change).orElseThrow();
        assertThat(Id.of(key.agentId().bytes())).isEqualTo(ChangeSeal.author(change).orElseThrow());
        assertThat(ChangeSeal.store(change).orElseThrow().hex()).isEqualTo(VECTORS.given("store"));
        assertThat(ChangeSeal.verify(change, key, NETWORK)).isTrue();
        byte[] alone =
                Arrays.copyOfRange(change.signature(), PublicKey.BYTES, change.signature().length);
        assertThat(ChangeSeal.verify(with(change, alone), key, NETWORK)).isTrue();
        assertThat(ChangeSeal.key(with(change, alone))).isEmpty();
    }

    @Test
    void theVectorsLinkAndDigestMatch() throws Exception {
        assertThat(StoreLink.parse(VECTORS.given("link")).info().id().hex())
                .isEqualTo(VECTORS.given("store"));
        assertThat(StoreLink.parse(VECTORS.given("link")).info().encode())
                .isEqualTo(VECTORS.givenBytes("info"));
        assertThat(StoreLink.parse(VECTORS.given("link")).text()).isEqualTo(VECTORS.given("link"));
        StoreLink named = StoreLink.parse(VECTORS.given("linkWithAdmins"));
        assertThat(named.info()).isEqualTo(StoreLink.parse(VECTORS.given("link")).info());
        byte[] admins = VECTORS.givenBytes("admins");
        assertThat(named.admins()).containsExactly(Id.of(admins, 0, 32), Id.of(admins, 32, 32));
        assertThat(named.text()).isEqualTo(VECTORS.given("linkWithAdmins"));
        assertThat(HeadsDigest.of(List.of(change().id())).hex()).isEqualTo(VECTORS.given("digest"));
    }

    @Test
    void anythingElseDoesNotHold() throws MalformedException {
        SignedChange change = change();
        PublicKey key = ChangeSeal.key(change).orElseThrow();
        assertThat(ChangeSeal.verify(change, key, new NetworkId("parley.other"))).isFalse();
        for (int at : new int[] {PublicKey.BYTES, PublicKey.BYTES + 70, 5356}) {
            byte[] broken = change.signature().clone();
            broken[at] ^= 1;
            assertThat(ChangeSeal.verify(with(change, broken), key, NETWORK)).isFalse();
        }
        byte[] body = change.body().clone();
        body[body.length - 1] ^= 1;
        SignedChange other = new SignedChange(body, change.signature());
        assertThat(ChangeSeal.verify(other, key, NETWORK)).isFalse();
        for (int length : new int[] {0, 1, 1984, 3372, 3374, 5356, 5358}) {
            SignedChange cut = with(change, Arrays.copyOf(change.signature(), length));
            assertThat(ChangeSeal.verify(cut, key, NETWORK)).isFalse();
            assertThat(ChangeSeal.key(cut)).isEmpty();
        }
    }

    @Test
    void aKeyThatIsNotTheAuthorsIsNone() throws MalformedException {
        SignedChange change = change();
        byte[] body = change.body().clone();
        body[1 + Id.BYTES] ^= 1;
        assertThat(ChangeSeal.key(new SignedChange(body, change.signature()))).isEmpty();
        assertThat(ChangeSeal.author(new SignedChange(new byte[64], new byte[0]))).isEmpty();
    }
}
