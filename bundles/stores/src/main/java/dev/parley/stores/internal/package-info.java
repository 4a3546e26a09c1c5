/** Ours alone. */
@NullMarked
package dev.parley.stores.internal;

import org.jspecify.annotations.NullMarked;
