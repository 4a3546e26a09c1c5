/**
 * The TLS presentation language of RFC 9420 section 2: strict reader, writer and the byte string.
 */
@NullMarked
package dev.parley.mls.internal.codec;

import org.jspecify.annotations.NullMarked;
