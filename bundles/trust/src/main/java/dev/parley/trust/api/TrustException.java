package dev.parley.trust.api;

/** A change that was not made; the store is as it was. */
public final class TrustException extends Exception {
    private static final long serialVersionUID = 1L;

    public TrustException(String message) {
        super(message);
    }
}
