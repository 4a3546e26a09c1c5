/** The loopback REST server, its token and the operations behind {@link dev.parley.gateway.api}. */
@NullMarked
package dev.parley.gateway.internal;

import org.jspecify.annotations.NullMarked;
