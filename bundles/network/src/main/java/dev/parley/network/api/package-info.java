/**
 * Authenticated, encrypted connections to other containers, and framed streams on them.
 *
 * <p>Start at {@link dev.parley.network.api.Network}. Protocol: {@code
 * docs/protocols/0002-network.md}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.network.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
