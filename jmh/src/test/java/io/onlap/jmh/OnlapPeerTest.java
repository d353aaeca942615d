package io.onlap.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Onlap is found by name and holds the rows it was given. */
final class OnlapPeerTest {
    @ParameterizedTest
    @EnumSource(KeyOrder.class)
    void shouldAgreeWithModelWhenRowsHaveNoFloats(KeyOrder order, @TempDir Path directory) {
        new PeerAgreement("onlap", 0, order).check(directory);
    }

    @Test
    void shouldAgreeWithModelWhenRowsHaveFloats(@TempDir Path directory) {
        new PeerAgreement("onlap", 128, KeyOrder.SESSIONS).check(directory);
    }

    @Test
    void shouldReplayItsLogWhenItsDirectoryWasCopiedWhileOpen() {
        Workload workload = new Workload(2_000, 0, 3, KeyOrder.SESSIONS);
        try (BenchDirectory directory = BenchDirectory.create("test");
                Peer origin = Peers.named("onlap")) {
            origin.open(directory.path(), workload, PeerSettings.defaults());
            Ingest.put(origin, workload.stream(), workload.rows(), 1);
            try (BenchDirectory copyDirectory = directory.copy("test");
                    Peer copy = Peers.named("onlap")) {
                copy.open(copyDirectory.path(), workload, PeerSettings.defaults());
                assertEquals(origin.scan(), copy.scan());
            }
        }
    }
}
