package io.onlap.io;

/**
 * Every place between two durable steps where a test may stop, fail or kill the process. One test walks them all, so a
 * new durable step without a point here, or a point no code reaches, is found.
 */
public enum FailPoint {
    /** {@link Storage#createIfAbsent}: the temporary file is forced, the name not yet linked. */
    CREATE_BEFORE_LINK,
    /** {@link Storage#createIfAbsent}: the name is linked, its directory not yet forced. */
    CREATE_AFTER_LINK,

    /** Open: everything local is validated and the lock is held, the OPEN record not yet written. */
    OPEN_BEFORE_RECORD,
    /** Open: the OPEN record is durable, the epoch word not yet raised. */
    OPEN_AFTER_RECORD,
    /** Open: the epoch word is raised, the log not yet scanned. */
    OPEN_AFTER_EPOCH_WORD,
    /** Open: one generation of the log was replayed into memory. */
    OPEN_AFTER_REPLAYED_GENERATION,
    /** Open: the own log directory exists, its first frame not yet forced. */
    WAL_CREATED,
    /** The write loop is about to append a frame. */
    WAL_BEFORE_APPEND,
    /** A frame is in the log, not yet in the memtable. */
    WAL_AFTER_APPEND,
    /** Rows are in the memtable, not yet published. */
    APPLIED_BEFORE_PUBLISH,
    /** Rows are published, not yet acknowledged. */
    PUBLISHED_BEFORE_ACK,
    /** The force thread is about to force a log segment. */
    WAL_BEFORE_FORCE,
    /** A log segment is forced, the durable mark not yet moved. */
    WAL_AFTER_FORCE,
    /** The active generation is full, the log not yet rolled. */
    SEAL_BEFORE_ROLL,
    /** The log is rolled, the sealed generation not yet published. */
    SEAL_AFTER_ROLL,

    /** Flush: a generation was taken, its intent not yet written. */
    FLUSH_BEFORE_INTENT,
    /** Flush: the intent is durable, no file exists yet. */
    FLUSH_AFTER_INTENT,
    /** Flush: a segment file is partly written. */
    SEGMENT_HALF_WRITTEN,
    /** Flush: a segment file is written, its sidecar not yet. */
    SEGMENT_BEFORE_SIDECAR,
    /** Flush: all files are forced, the record not yet committed. */
    FLUSH_BEFORE_COMMIT,
    /** Flush: the record is committed, the intent not yet removed. */
    FLUSH_AFTER_COMMIT,
    /** Flush: the intent is removed, the generation still in memory. */
    FLUSH_BEFORE_DROP,
    /** Flush: the generation left memory, the log not yet cut. */
    FLUSH_BEFORE_TRUNCATE,
    /** A log segment was deleted, or cleared to be used again; the next one not yet. */
    TRUNCATE_AFTER_DELETE,

    /** A manifest version is about to be tried. */
    COMMIT_BEFORE_CREATE,
    /** A manifest version was created, the boundary not yet re-read. */
    COMMIT_AFTER_CREATE,
    /** A checkpoint is due, not yet written. */
    CHECKPOINT_BEFORE_CREATE,
    /** A checkpoint is written, the hint not yet replaced. */
    CHECKPOINT_AFTER_CREATE,
    /** A reader has its lease, and has not opened the log files. */
    READER_AFTER_LEASE,
    /** A reader has opened the log files, and has not asked whether the owner of the newest lives. */
    READER_BEFORE_ASKING,
    /** A reader is about to replay a generation of the log. */
    READER_BEFORE_REPLAY,
    /** A reader has read the log files, and has not read the head. */
    READER_BEFORE_HEAD,
    /** A view has taken memory, not yet the manifest version. */
    VIEW_AFTER_MEMORY
}
