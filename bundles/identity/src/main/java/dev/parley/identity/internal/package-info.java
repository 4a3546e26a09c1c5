/** BouncyCastle's primitives, key files and the component. */
@NullMarked
package dev.parley.identity.internal;

import org.jspecify.annotations.NullMarked;
