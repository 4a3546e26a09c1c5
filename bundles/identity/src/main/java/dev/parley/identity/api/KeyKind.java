package dev.parley.identity.api;

/** What a key pair stands for; part of the id, so that one key cannot pass for two things. */
public enum KeyKind {
    MACHINE(1),
    AGENT(2),
    USER(3);

    private final int code;

    KeyKind(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
