/** Group encryption beside another implementation of RFC 9420: {@code benchmarks/mls/run}. */
@NullMarked
package dev.parley.benchmarks.mls;

import org.jspecify.annotations.NullMarked;
