@NullMarked
package dev.parley.crdt.internal;

import org.jspecify.annotations.NullMarked;
