/** Starts a container: reads its options, sets up its data folder and runs the bundles in Felix. */
@NullMarked
package dev.parley.launcher;

import org.jspecify.annotations.NullMarked;
