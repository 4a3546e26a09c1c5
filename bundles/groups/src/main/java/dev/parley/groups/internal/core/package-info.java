/** Ours alone. */
@NullMarked
package dev.parley.groups.internal.core;

import org.jspecify.annotations.NullMarked;
