package dev.parley.crdt.api;

/** What an agent may do in a shared store; each allows what the ones before allow. */
public enum Role {
    NONE,
    READER,
    WRITER,
    ADMIN
}
