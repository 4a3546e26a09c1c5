/**
 * Which plugins exist, who vouches for them and who holds their bytes.
 *
 * <p>Start at {@link dev.parley.catalog.api.Catalog}. Formats: {@code
 * docs/protocols/0007-announcement.md} and {@code 0008-plugin-descriptor.md}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.catalog.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
