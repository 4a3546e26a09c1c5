/**
 * Private named groups of agents whose messages only their members can read.
 *
 * <p>Start at {@link dev.parley.groups.api.Groups}. Protocol: {@code
 * docs/protocols/0013-groups.md}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.groups.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
