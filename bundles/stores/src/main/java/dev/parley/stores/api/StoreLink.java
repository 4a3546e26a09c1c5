package dev.parley.stores.api;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.StoreInfo;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

/**
 * A store as a text to pass on: {@code parley-store:} and base64url of its info, and of who else
 * was admin when the link was made, as seen by whoever made it. Somebody who joins by it believes
 * these as far as it believes whoever gave it the link ({@code docs/protocols/0011-store-sync}).
 *
 * @param admins ascending, without the owner, at most {@link #MAX_ADMINS}
 */
public record StoreLink(StoreInfo info, List<Id> admins) {
    public static final String PREFIX = "parley-store:";

    /** With the owner as many as half of can sign a checkpoint. */
    public static final int MAX_ADMINS = 62;

    private static final int MAX_CHARS = 4096;
    private static final int MAX_INFO_BYTES = 512;

    /** Of a link with admins; one without is an info, which begins with 1. */
    private static final int VERSION = 2;

    /**
     * @throws IllegalArgumentException if there are too many admins, or the owner is one of them
     */
    public StoreLink {
        admins = admins.stream().distinct().sorted().toList();
        if (admins.size() > MAX_ADMINS || admins.contains(info.owner())) {
            throw new IllegalArgumentException(
                    admins.size() + " admins, at most " + MAX_ADMINS + ", and not the owner");
        }
    }

    /** Without admins. */
    public static String of(StoreInfo info) {
        return new StoreLink(info, List.of()).text();
    }

    /**
     * With those who are admin, if they are not more than fit.
     *
     * @param admins may have the owner
     */
    public static String of(StoreInfo info, Collection<Id> admins) {
        List<Id> others = admins.stream().filter(it -> !it.equals(info.owner())).toList();
        return new StoreLink(info, others.size() > MAX_ADMINS ? List.of() : others).text();
    }

    public String text() {
        byte[] encoded = info.encode();
        if (!admins.isEmpty()) {
            byte[] whole = new byte[4 + encoded.length + admins.size() * Id.BYTES];
            whole[0] = VERSION;
            whole[1] = (byte) (encoded.length >> 8);
            whole[2] = (byte) encoded.length;
            System.arraycopy(encoded, 0, whole, 3, encoded.length);
            whole[3 + encoded.length] = (byte) admins.size();
            for (int i = 0; i < admins.size(); i++) {
                admins.get(i).copyTo(whole, 4 + encoded.length + i * Id.BYTES);
            }
            encoded = whole;
        }
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(encoded);
    }

    /**
     * @throws StoreException INVALID
     */
    public static StoreLink parse(String text) throws StoreException {
        String trimmed = text.strip();
        if (!trimmed.startsWith(PREFIX) || trimmed.length() > MAX_CHARS) {
            throw invalid(
                    "a link starts with " + PREFIX + " and has at most " + MAX_CHARS + " letters");
        }
        try {
            return decode(Base64.getUrlDecoder().decode(trimmed.substring(PREFIX.length())));
        } catch (IllegalArgumentException | MalformedException e) {
            throw invalid("no link: " + e.getMessage());
        }
    }

    private static StoreException invalid(String why) {
        return new StoreException(StoreException.Code.INVALID, why);
    }

    private static StoreLink decode(byte[] bytes) throws MalformedException {
        if (bytes.length == 0 || bytes[0] != VERSION) {
            return new StoreLink(StoreInfo.decode(bytes), List.of());
        }
        int length = bytes.length < 4 ? 0 : (bytes[1] & 0xff) << 8 | bytes[2] & 0xff;
        if (length > MAX_INFO_BYTES || bytes.length < 4 + length) {
            throw new MalformedException("an info of " + length + " bytes");
        }
        StoreInfo info = StoreInfo.decode(Arrays.copyOfRange(bytes, 3, 3 + length));
        int count = bytes[3 + length] & 0xff;
        if (count < 1 || count > MAX_ADMINS || bytes.length != 4 + length + count * Id.BYTES) {
            throw new MalformedException(count + " admins in " + bytes.length + " bytes");
        }
        Id[] admins = new Id[count];
        for (int i = 0; i < count; i++) {
            admins[i] = Id.of(bytes, 4 + length + i * Id.BYTES, Id.BYTES);
            if (i > 0 && admins[i - 1].compareTo(admins[i]) >= 0) {
                throw new MalformedException("admins are not ascending");
            }
        }
        return new StoreLink(info, List.of(admins));
    }
}
