package io.onlap.io;

/**
 * The one exception of Onlap. Its {@link Kind} says what the caller can do, its message what happened, with every value:
 * {@code what: name=value, name=value}.
 *
 * <p>Threading: immutable but for suppressed exceptions.
 */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the caller can do about a failure. */
    public enum Kind {
        /** The call is wrong: mend it. Nothing was changed. */
        INVALID,
        /** What was named does not exist. */
        NOT_FOUND,
        /** Somebody else holds it, or a limit is reached: try again later. */
        BUSY,
        /** What the call was based on has changed: read again, then retry. */
        CONFLICT,
        /** Another owner has taken over: this engine must be closed. */
        FENCED,
        /** No room on the disk: free some and go on. */
        DISK_FULL,
        /** Stored bytes are damaged: the message names the place; see {@code verify} and {@code salvage}. */
        CORRUPT,
        /** The engine cannot go on: close, look at the cause, reopen. */
        FATAL,
        /** The object was closed before the call. */
        CLOSED
    }

    private final Kind kind;

    public StorageException(Kind kind, String message) {
        this(kind, message, null);
    }

    public StorageException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** The same failure for another waiter: own stack trace, same kind and message, this one as cause. */
    public StorageException again() {
        return new StorageException(kind, getMessage(), this);
    }
}
