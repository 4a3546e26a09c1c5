/**
 * Group encryption by MLS (RFC 9420) as a pure library: no I/O, no clock, no randomness of its own.
 *
 * <p>Start at {@link dev.parley.mls.api.MlsLibrary}. Formats: {@code docs/protocols/0006-mls.md}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.mls.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
