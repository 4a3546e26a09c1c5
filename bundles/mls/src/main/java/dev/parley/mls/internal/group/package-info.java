/** Groups: proposals, commits, joining and saved states (RFC 9420 sections 11 and 12). */
@NullMarked
package dev.parley.mls.internal.group;

import org.jspecify.annotations.NullMarked;
