/** The Gogo commands. */
@NullMarked
package dev.parley.shell.internal;

import org.jspecify.annotations.NullMarked;
