package io.onlap;

/**
 * Whether an engine can go on.
 *
 * <p>Threading: immutable.
 *
 * @param state see {@link State}
 * @param cause what happened, empty when OK
 */
public record Health(State state, String cause) {
    /** From good to bad. */
    public enum State {
        OK,
        /**
         * A flush failed, or the disk has no room for the log, and it is tried again; acknowledged rows are safe in log and
         * memory.
         */
        DEGRADED,
        /** A fatal failure: writes fail with it until the store is opened again. */
        POISONED,
        CLOSED
    }
}
