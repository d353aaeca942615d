package io.onlap.jmh;

/**
 * What is set for a run; everything else a peer says in {@link Peer#settings}.
 *
 * @param bufferMiB rows in memory, in MiB, at which a store begins to write a file: a generation, a write buffer
 */
public record PeerSettings(int bufferMiB) {
    /** 64 MiB. */
    public static PeerSettings defaults() {
        return new PeerSettings(64);
    }
}
