/**
 * What runs in the child process of one plugin, and the step before it that locks the process in.
 */
@NullMarked
package dev.parley.isolate;

import org.jspecify.annotations.NullMarked;
