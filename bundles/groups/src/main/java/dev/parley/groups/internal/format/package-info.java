/** Ours alone. */
@NullMarked
package dev.parley.groups.internal.format;

import org.jspecify.annotations.NullMarked;
