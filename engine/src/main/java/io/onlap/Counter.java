package io.onlap;

/**
 * What an owner tells other processes of itself while it lives, one number each; see {@link Inspection#counters}. The order is
 * the order in the file: new ones go to the end.
 */
public enum Counter {
    /** Of the owner's process. */
    PID,
    /** The owner's number. */
    EPOCH,
    /** When it opened the store, milliseconds since 1970. */
    OPENED_MILLIS,
    /** When these numbers were taken, milliseconds since 1970. */
    UPDATED_MILLIS,
    /** The same by a clock that is never set, nanoseconds. */
    UPDATED_NS,
    /** Rows and deletes taken in since the open, replayed ones included. */
    ROWS,
    /** Newest sequence that reads see. */
    VISIBLE_SEQUENCE,
    /** Newest sequence known to be forced. */
    DURABLE_SEQUENCE,
    /** Number of the generation that takes writes. */
    ACTIVE_GENERATION,
    /** Memory of it. */
    ACTIVE_BYTES,
    /** Generations waiting for their flush. */
    SEALED_GENERATIONS,
    /** Memory of these. */
    SEALED_BYTES,
    /** Newest generation in segment files. */
    FLUSHED_GENERATION,
    /** Memory of batches on their way to the log. */
    IN_FLIGHT_BYTES,
    /** Above this sum of the three writers wait. */
    MEMORY_BUDGET_BYTES,
    /** All native memory, views' and scans' included. */
    ALLOCATED_BYTES,
    /** Size of the log. */
    WAL_BYTES,
    /** Newest version of the manifest. */
    MANIFEST_VERSION,
    /** Tables. */
    TABLES,
    /** Segment files of all tables. */
    SEGMENT_FILES,
    /** How often writers had to wait for memory. */
    STALLS,
    /** How long they waited in all, nanoseconds. */
    STALLED_NS,
    /** 1 while they wait. */
    STALLED,
    /** Ordinal of {@link Health.State}. */
    HEALTH,
    /** Setting. */
    GENERATION_BYTES,
    /** Setting. */
    GENERATION_ROWS,
    /** Setting. */
    GENERATION_AGE_MILLIS,
    /** Setting: ordinal of {@link Durability}. */
    DURABILITY,
    /** Setting: longest wait of a writer, milliseconds. */
    STALL_TIMEOUT_MILLIS,
    /** Newest sequence that is acknowledged: whoever reads the log after he read this finds it there, or flushed. */
    ACKNOWLEDGED_SEQUENCE
}
