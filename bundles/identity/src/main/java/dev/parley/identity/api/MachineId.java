package dev.parley.identity.api;

/** The id of a machine's key. */
public final class MachineId extends KeyId implements Comparable<MachineId> {
    private MachineId(byte[] value) {
        super(value);
    }

    /**
     * @throws IllegalArgumentException unless there are 32 bytes
     */
    public static MachineId of(byte[] value) {
        return new MachineId(value);
    }

    /**
     * @throws IllegalArgumentException unless these are 64 hex digits
     */
    public static MachineId of(String hex) {
        return new MachineId(parse(hex));
    }

    @Override
    public int compareTo(MachineId other) {
        return compareBytes(other);
    }
}
