package io.onlap.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RocksDB is found by name and holds the rows it was given. */
final class RocksPeerTest {
    @ParameterizedTest
    @EnumSource(KeyOrder.class)
    void shouldAgreeWithModelWhenRowsHaveNoFloats(KeyOrder order, @TempDir Path directory) {
        new PeerAgreement("rocksdb", 0, order).check(directory);
    }

    @Test
    void shouldAgreeWithModelWhenRowsHaveFloats(@TempDir Path directory) {
        new PeerAgreement("rocksdb", 128, KeyOrder.SESSIONS).check(directory);
    }

    @Test
    void shouldReplayItsLogWhenItsDirectoryWasCopiedWhileOpen() {
        Workload workload = new Workload(2_000, 0, 3, KeyOrder.SESSIONS);
        try (BenchDirectory directory = BenchDirectory.create("test");
                Peer origin = Peers.named("rocksdb")) {
            origin.open(directory.path(), workload, PeerSettings.defaults());
            Ingest.put(origin, workload.stream(), workload.rows(), 1);
            try (BenchDirectory copyDirectory = directory.copy("test");
                    Peer copy = Peers.named("rocksdb")) {
                copy.open(copyDirectory.path(), workload, PeerSettings.defaults());
                assertEquals(origin.scan(), copy.scan());
            }
        }
    }

    @Test
    void shouldNameItsSettingsWhenOpen(@TempDir Path directory) {
        try (Peer peer = Peers.named("rocksdb")) {
            peer.open(directory, new Workload(1, 0, 1, KeyOrder.SESSIONS), PeerSettings.defaults());
            assertTrue(peer.settings().contains("4 write buffers of 64 MiB"), peer.settings());
        }
    }
}
