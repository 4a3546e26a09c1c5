/** QUIC by Netty behind {@link dev.parley.network.api}; Netty's types go no further. */
@NullMarked
package dev.parley.network.internal;

import org.jspecify.annotations.NullMarked;
