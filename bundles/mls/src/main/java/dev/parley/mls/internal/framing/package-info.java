/** How content is framed, signed and protected (RFC 9420 section 6). */
@NullMarked
package dev.parley.mls.internal.framing;

import org.jspecify.annotations.NullMarked;
