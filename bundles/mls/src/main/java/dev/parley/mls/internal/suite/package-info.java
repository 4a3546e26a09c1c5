/**
 * Cipher suites (RFC 9420 section 5.1) and HPKE (RFC 9180), on BouncyCastle's lightweight API; no
 * other package knows the library. Every call uses fresh objects of it, so all here may be shared
 * between threads.
 */
@NullMarked
package dev.parley.mls.internal.suite;

import org.jspecify.annotations.NullMarked;
