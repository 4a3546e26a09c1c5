/**
 * Bytes to checked values and back: deterministic CBOR, JSON, varint frames and cursors with
 * limits.
 *
 * <p>Start at {@link dev.parley.wire.api.Value} and {@link dev.parley.wire.api.Cbor}. Formats:
 * {@code docs/protocols/0000-framing.md}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.wire.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
