/**
 * The {@code parley} command: asks a running container over its REST address.
 *
 * <p>Start at {@link dev.parley.cli.Main}.
 */
@NullMarked
package dev.parley.cli;

import org.jspecify.annotations.NullMarked;
