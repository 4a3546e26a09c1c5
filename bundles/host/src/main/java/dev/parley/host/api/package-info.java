/**
 * Installed plugins and their tools.
 *
 * <p>Start at {@link dev.parley.host.api.Plugins}; each tool is a {@link dev.parley.host.api.Tool}
 * service.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.host.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
