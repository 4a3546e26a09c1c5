package dev.parley.trust.api;

/** The answer to "what of this agent on that machine?", the same for every way in. */
public enum Decision {
    REJECT_BLOCKED,
    /** The agent is pinned to other machines. */
    REJECT_MACHINE_MISMATCH,
    UNKNOWN,
    ACCEPT_WITH_FLAG,
    ACCEPT;

    /**
     * @return whether its connections and messages are refused
     */
    public boolean rejects() {
        return this == REJECT_BLOCKED || this == REJECT_MACHINE_MISMATCH;
    }
}
