/** The contacts file and the gates behind {@link dev.parley.trust.api}. */
@NullMarked
package dev.parley.trust.internal;

import org.jspecify.annotations.NullMarked;
