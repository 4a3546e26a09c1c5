/** Proposals and commits (RFC 9420 section 12), and the ids of pre-shared keys (section 8.4). */
@NullMarked
package dev.parley.mls.internal.proposal;

import org.jspecify.annotations.NullMarked;
