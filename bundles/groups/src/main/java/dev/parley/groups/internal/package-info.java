/** Ours alone. */
@NullMarked
package dev.parley.groups.internal;

import org.jspecify.annotations.NullMarked;
