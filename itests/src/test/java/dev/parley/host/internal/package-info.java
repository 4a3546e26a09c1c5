/** Tests of the host against real child processes. */
package dev.parley.host.internal;
