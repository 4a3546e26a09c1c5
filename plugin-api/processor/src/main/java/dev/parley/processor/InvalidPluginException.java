package dev.parley.processor;

import javax.lang.model.element.Element;

/** What an author has to change, and where. */
final class InvalidPluginException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Element where;

    InvalidPluginException(Element where, String message) {
        super(message);
        this.where = where;
    }

    Element where() {
        return where;
    }
}
