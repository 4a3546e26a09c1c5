package dev.parley.crdt.api;

/**
 * Ids that a snapshot leaves out ({@code 0010-crdt-changes}, Ids that lie apart).
 *
 * @param hash SHA-256 of them, one after the other in the order of the snapshot's rows
 * @param bytes how long they are together
 */
public record IdsApart(Id hash, int bytes) {}
