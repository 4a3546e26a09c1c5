package dev.parley.mls.internal.suite;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;

/** A key pair of a {@link Kem} or a {@link Sig}, both halves serialised. */
public record KeyPair(Bytes publicKey, Secret privateKey) {}
