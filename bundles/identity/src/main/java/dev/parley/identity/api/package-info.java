/**
 * Who we are and who signed this: hybrid keys, ids, signed records, session certificates and cards.
 *
 * <p>Start at {@link dev.parley.identity.api.Identity}. Formats: {@code
 * docs/protocols/0001-identity.md}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.identity.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
