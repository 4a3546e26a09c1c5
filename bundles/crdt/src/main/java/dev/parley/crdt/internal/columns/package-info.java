/**
 * Columns of numbers as few bytes, each sequence of values having exactly one encoding. Start at
 * {@link dev.parley.crdt.internal.columns.ColumnsWriter}.
 */
@NullMarked
package dev.parley.crdt.internal.columns;

import org.jspecify.annotations.NullMarked;
