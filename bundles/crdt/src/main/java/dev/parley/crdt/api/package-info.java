/**
 * Merges what others changed meanwhile. Start at {@link dev.parley.crdt.api.Replica}.
 *
 * <p>A pure library: it does no I/O, reads no clock and starts no thread.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.crdt.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
