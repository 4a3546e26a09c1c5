/** Announcements and the component behind {@link dev.parley.catalog.api}. */
@NullMarked
package dev.parley.catalog.internal;

import org.jspecify.annotations.NullMarked;
