package io.onlap;

/** What an acknowledgement promises. */
public enum Durability {
    /** The rows survive the death of the process, {@code kill -9} included. */
    PROCESS,
    /** The rows survive loss of power: the acknowledgement waits for a force that covers them. */
    POWER
}
