/**
 * What can be done with a container, once for every surface: REST, commands and the shell all call
 * the same operations.
 *
 * <p>Start at {@link dev.parley.gateway.api.Operations}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.gateway.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
