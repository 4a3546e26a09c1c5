/** Segment log, index and files behind {@link dev.parley.storage.api}. */
@NullMarked
package dev.parley.storage.internal;

import org.jspecify.annotations.NullMarked;
