/**
 * What a plugin sees of its container, and what it offers: all there is between a stranger's code
 * and Parley.
 *
 * <p>Start at {@link dev.parley.plugin.Plugin}; {@code docs/plugin-guide/first-plugin.md} walks
 * through it. Only JDK types appear here, and every value crosses to another process: nothing is
 * shared but bytes.
 */
@Export
@Version("1.2.0")
@NullMarked
package dev.parley.plugin;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
