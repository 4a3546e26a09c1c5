/** Codec, core and shell of gossip. */
@NullMarked
package dev.parley.gossip.internal;

import org.jspecify.annotations.NullMarked;
