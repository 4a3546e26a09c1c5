/** Admission, isolates, sandbox and facade behind {@link dev.parley.host.api}. */
@NullMarked
package dev.parley.host.internal;

import org.jspecify.annotations.NullMarked;
