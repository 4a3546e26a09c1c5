package dev.parley.stores.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.StoreInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreLinkTest {
    private static final Id OWNER = Id.parse("ab".repeat(32));
    private static final StoreInfo INFO =
            new StoreInfo(
                    "n".repeat(64),
                    OWNER,
                    StoreInfo.Mode.OPEN,
                    false,
                    "x".repeat(128),
                    new byte[16]);

    private static List<Id> admins(int count) {
        List<Id> admins = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            admins.add(Id.parse(String.format("%064x", i + 1)));
        }
        return admins;
    }

    private static byte[] bytes(String link) {
        return Base64.getUrlDecoder().decode(link.substring(StoreLink.PREFIX.length()));
    }

    private static void refused(byte[] bytes) {
        String text =
                StoreLink.PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        assertThatThrownBy(() -> StoreLink.parse(text)).isInstanceOf(StoreException.class);
    }

    @Test
    void whoIsNamedComesOutAgainWithoutTheOwner() throws Exception {
        for (int count : new int[] {0, 1, 2, StoreLink.MAX_ADMINS}) {
            List<Id> named = new ArrayList<>(admins(count));
            named.add(OWNER);
            Collections.reverse(named);
            String link = StoreLink.of(INFO, named);
            assertThat(StoreLink.parse(" " + link + "\n"))
                    .isEqualTo(new StoreLink(INFO, admins(count)));
        }
        assertThat(StoreLink.of(INFO, List.of(OWNER))).isEqualTo(StoreLink.of(INFO));
        assertThat(bytes(StoreLink.of(INFO))).isEqualTo(INFO.encode());
    }

    @Test
    void moreThanCanApproveAreNotNamedInPart() throws Exception {
        String link = StoreLink.of(INFO, admins(StoreLink.MAX_ADMINS + 1));
        assertThat(StoreLink.parse(link).admins()).isEmpty();
    }

    @Test
    void whatIsShorterOrLongerOrOtherwiseIsNoLink() {
        byte[] link = bytes(StoreLink.of(INFO, admins(2)));
        for (int length = 0; length < link.length; length++) {
            refused(Arrays.copyOf(link, length));
        }
        refused(Arrays.copyOf(link, link.length + 1));
        refused(Arrays.copyOf(link, link.length + Id.BYTES));
        int count = link.length - 2 * Id.BYTES - 1;
        byte[] none = Arrays.copyOf(link, count + 1);
        none[count] = 0;
        refused(none);
        byte[] twice = link.clone();
        System.arraycopy(twice, count + 1, twice, count + 1 + Id.BYTES, Id.BYTES);
        refused(twice);
        byte[] owner = link.clone();
        OWNER.copyTo(owner, count + 1 + Id.BYTES);
        refused(owner);
        byte[] other = link.clone();
        other[0] = 3;
        refused(other);
        byte[] huge = link.clone();
        huge[1] = (byte) 0xff;
        refused(huge);
    }
}
