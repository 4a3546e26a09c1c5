/**
 * Questions and answers between two containers, and blobs from whoever holds them.
 *
 * <p>Start at {@link dev.parley.direct.api.Direct}. Protocol: {@code
 * docs/protocols/0004-direct.md}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.direct.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
