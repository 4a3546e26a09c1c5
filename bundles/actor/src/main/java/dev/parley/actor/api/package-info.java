/**
 * One owner thread per state: bounded mailboxes, timers, named pools and a time that tests turn by
 * hand.
 *
 * <p>Start at {@link dev.parley.actor.api.Actors}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.parley.actor.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
