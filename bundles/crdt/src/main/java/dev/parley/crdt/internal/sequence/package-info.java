/**
 * The replicated sequence under texts and movable lists. Start at {@link
 * dev.parley.crdt.internal.sequence.Sequence}.
 */
@NullMarked
package dev.parley.crdt.internal.sequence;

import org.jspecify.annotations.NullMarked;
