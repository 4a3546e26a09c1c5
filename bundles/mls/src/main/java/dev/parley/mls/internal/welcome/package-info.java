/** Group context, group info and welcome (RFC 9420 sections 8.1 and 12.4.3). */
@NullMarked
package dev.parley.mls.internal.welcome;

import org.jspecify.annotations.NullMarked;
