package io.onlap;

/**
 * Whether an engine can go on.
 *
 * @param state see {@link State}
 * @param cause what happened, empty when OK
 */
public record Health(State state, String cause) {
    /** From good to bad. */
    public enum State {
        OK,
        /** A flush failed and is tried again; rows are safe in log and memory. */
        DEGRADED,
        /** A fatal failure: writes fail with it until the store is opened again. */
        POISONED,
        CLOSED
    }
}
