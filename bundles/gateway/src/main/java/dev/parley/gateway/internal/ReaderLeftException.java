package dev.parley.gateway.internal;

import java.io.IOException;

/** Nobody reads the events any more, so there is no need to go on. */
final class ReaderLeftException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReaderLeftException(IOException cause) {
        super(cause);
    }
}
