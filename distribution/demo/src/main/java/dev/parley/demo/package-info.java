/**
 * The main job on one machine: separate containers announce, fetch, check, install and call a
 * plugin.
 */
@NullMarked
package dev.parley.demo;

import org.jspecify.annotations.NullMarked;
