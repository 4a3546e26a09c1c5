/**
 * Reads the annotations of a plugin at compile time and writes its manifest, {@code
 * PARLEY-INF/plugin.json}.
 */
@NullMarked
package dev.parley.processor;

import org.jspecify.annotations.NullMarked;
