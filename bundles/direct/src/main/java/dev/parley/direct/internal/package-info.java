/** Requests and transfers behind {@link dev.parley.direct.api}. */
@NullMarked
package dev.parley.direct.internal;

import org.jspecify.annotations.NullMarked;
