/** The ratchet tree and TreeKEM (RFC 9420 section 7, appendix C). */
@NullMarked
package dev.parley.mls.internal.tree;

import org.jspecify.annotations.NullMarked;
