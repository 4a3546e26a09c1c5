/**
 * What stands in a ratchet tree (RFC 9420 sections 5.3, 7 and 10): key packages, leaves, parents,
 * paths.
 */
@NullMarked
package dev.parley.mls.internal.node;

import org.jspecify.annotations.NullMarked;
