/** What holds for the house as a whole: its layers, and the journeys through real processes. */
@NullMarked
package dev.parley.itests;

import org.jspecify.annotations.NullMarked;
