/** The key schedule and the keys of messages (RFC 9420 sections 8 and 9). */
@NullMarked
package dev.parley.mls.internal.schedule;

import org.jspecify.annotations.NullMarked;
