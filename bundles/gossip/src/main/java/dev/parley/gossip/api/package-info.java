/**
 * Spreads signed messages on topics to every container that follows them, late joiners included.
 *
 * <p>Start at {@link dev.parley.gossip.api.Gossip}. Protocol: {@code
 * docs/protocols/0003-gossip.md}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.gossip.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
