/**
 * Durable files, locks, clocks, fail points and the one exception: the ground every other room stands on.
 *
 * <p>Nothing here knows what a row, a log or a manifest is. A component gets all it needs of the outer world through one
 * {@link io.onlap.io.Env}, so a test can put a faulty disk, another clock or a parked thread in its place.
 */
package io.onlap.io;
