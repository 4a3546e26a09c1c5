/** The codecs behind {@link dev.parley.wire.api}. */
@NullMarked
package dev.parley.wire.internal;

import org.jspecify.annotations.NullMarked;
