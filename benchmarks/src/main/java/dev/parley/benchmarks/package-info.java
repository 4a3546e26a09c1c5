/** What is measured, and beside what: {@code benchmarks/README.md}. */
@NullMarked
package dev.parley.benchmarks;

import org.jspecify.annotations.NullMarked;
