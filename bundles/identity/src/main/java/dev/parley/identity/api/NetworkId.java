package dev.parley.identity.api;

/** Names one network; part of every signature, so that nothing said in one holds in another. */
public record NetworkId(String name) {
    public NetworkId {
        if (!name.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
            throw new IllegalArgumentException(
                    "a network id has 1 to 64 of a-z, 0-9, '.', '_' and '-', found '" + name + "'");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
