package io.onlap.jmh;

/**
 * A peer with a store in a fresh directory, which goes with it.
 *
 * <p>Threading: one thread.
 */
record OpenPeer(Peer peer, BenchDirectory directory) implements AutoCloseable {
    /** An empty store of the peer of that name, for the rows of {@code workload}. */
    static OpenPeer create(String store, Workload workload) {
        Peer peer = Peers.named(store);
        BenchDirectory directory = BenchDirectory.create(store);
        peer.open(directory.path(), workload, PeerSettings.defaults());
        return new OpenPeer(peer, directory);
    }

    @Override
    public void close() {
        peer.close();
        directory.close();
    }
}
