/**
 * Stores that several containers share and each may write to, also while it is alone.
 *
 * <p>Start at {@link dev.parley.stores.api.Stores}. Protocol: {@code
 * docs/protocols/0011-store-sync.md}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.stores.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
