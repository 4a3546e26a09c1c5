/**
 * What a key may do here: contacts, levels and machine pins.
 *
 * <p>Start at {@link dev.parley.trust.api.TrustStore}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.trust.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
