/** The threads behind {@link dev.parley.actor.api}. */
@NullMarked
package dev.parley.actor.internal;

import org.jspecify.annotations.NullMarked;
