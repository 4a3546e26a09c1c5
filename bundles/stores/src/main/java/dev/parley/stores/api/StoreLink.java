package dev.parley.stores.api;

import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.StoreInfo;
import java.util.Base64;

/** A store as a text to pass on: {@code parley-store:} and base64url of its info. */
public final class StoreLink {
    public static final String PREFIX = "parley-store:";
    private static final int MAX_CHARS = 512;

    private StoreLink() {}

    public static String of(StoreInfo info) {
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(info.encode());
    }

    /**
     * @throws StoreException INVALID
     */
    public static StoreInfo parse(String text) throws StoreException {
        String trimmed = text.strip();
        if (!trimmed.startsWith(PREFIX) || trimmed.length() > MAX_CHARS) {
            throw new StoreException(
                    StoreException.Code.INVALID,
                    "a link starts with " + PREFIX + " and has at most " + MAX_CHARS + " letters");
        }
        try {
            return StoreInfo.decode(
                    Base64.getUrlDecoder().decode(trimmed.substring(PREFIX.length())));
        } catch (IllegalArgumentException | MalformedException e) {
            throw new StoreException(
                    StoreException.Code.INVALID, "the link is damaged: " + e.getMessage());
        }
    }
}
