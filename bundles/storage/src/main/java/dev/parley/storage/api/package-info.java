/**
 * Values by key and blobs by hash that survive a crash.
 *
 * <p>Start at {@link dev.parley.storage.api.Storage}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.storage.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
