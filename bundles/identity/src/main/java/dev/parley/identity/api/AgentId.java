package dev.parley.identity.api;

/** The id of an agent's key. */
public final class AgentId extends KeyId implements Comparable<AgentId> {
    private AgentId(byte[] value) {
        super(value);
    }

    /**
     * @throws IllegalArgumentException unless there are 32 bytes
     */
    public static AgentId of(byte[] value) {
        return new AgentId(value);
    }

    /**
     * @throws IllegalArgumentException unless these are 64 hex digits
     */
    public static AgentId of(String hex) {
        return new AgentId(parse(hex));
    }

    @Override
    public int compareTo(AgentId other) {
        return compareBytes(other);
    }
}
