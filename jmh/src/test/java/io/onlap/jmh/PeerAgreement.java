package io.onlap.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;

/**
 * Puts the same rows into a peer and into the model, and compares what scans and gets consume: from memory, from files,
 * with both, and after opening again.
 *
 * <p>Threading: one thread.
 */
final class PeerAgreement {
    private static final long ROWS = 6_000;
    private static final int KEYS = 300;
    private static final int BATCH_ROWS = 700; // not a divisor, so that the last batch is a smaller one

    private final String store;
    private final Workload workload;
    private final ModelPeer model = new ModelPeer();

    PeerAgreement(String store, int floats, KeyOrder order) {
        this.store = store;
        this.workload = new Workload(ROWS, floats, 7, order);
    }

    void check(Path directory) {
        RowStream modelRows = workload.stream();
        try (Peer peer = Peers.named(store)) {
            peer.open(directory, workload, PeerSettings.defaults());
            RowStream rows = workload.stream();
            Ingest.put(peer, rows, ROWS / 3, 1);
            Ingest.put(model, modelRows, ROWS / 3, 1);
            assertAgree(peer);
            peer.drain();
            assertAgree(peer);
            Ingest.put(peer, rows, ROWS - ROWS / 3, BATCH_ROWS);
            Ingest.put(model, modelRows, ROWS - ROWS / 3, BATCH_ROWS);
            assertAgree(peer);
            peer.drain();
            peer.settle();
            assertAgree(peer);
        }
        try (Peer again = Peers.named(store)) {
            again.open(directory, workload, PeerSettings.defaults());
            assertAgree(again);
        }
    }

    private void assertAgree(Peer peer) {
        assertEquals(model.scan(), peer.scan());
        int hits = 0;
        for (String key : workload.presentKeys(KEYS)) {
            assertEquals(model.get(key), peer.get(key), key);
            hits += model.get(key) == Peer.MISS ? 0 : 1;
        }
        assertNotEquals(0, hits);
        for (String key : workload.absentKeys(KEYS)) {
            assertEquals(Peer.MISS, peer.get(key), key);
        }
    }
}
