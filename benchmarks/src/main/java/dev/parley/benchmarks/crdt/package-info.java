/** Replicated texts and stores beside the libraries that others use. */
@NullMarked
package dev.parley.benchmarks.crdt;

import org.jspecify.annotations.NullMarked;
