package io.onlap.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader beside a live owner sees everything committed up to its opening, and never a hole. */
final class WalLiveReaderTest {
    @TempDir
    private Path root;

    private final Env env = Env.system();

    @Test
    void shouldSeeAllThatWasCommittedBeforeItOpened() throws InterruptedException {
        AtomicLong committed = new AtomicLong();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            Thread loop = new Thread(() -> {
                try {
                    writeAndCut(wal, committed);
                } catch (RuntimeException e) {
                    failure.set(e);
                }
            });
            loop.start();
            int startedOver = 0;
            boolean more = true;
            while (more) {
                more = loop.isAlive();
                startedOver += readAll(committed.get()) ? 0 : 1;
            }
            loop.join();
            assertEquals(null, failure.get());
            assertTrue(readAll(30_000), "startedOver=" + startedOver);
        }
    }

    private static void writeAndCut(Wal wal, AtomicLong committed) {
        for (long i = 1; i <= 30_000; i++) {
            WalFixture.append(wal.writer(), i, "batch " + i);
            committed.set(i);
            if (i % 1000 == 0) {
                wal.writer().roll(wal.writer().generation() + 1);
                wal.forcer().force();
                wal.truncateBefore(wal.writer().generation() - 3);
            }
        }
    }

    /** False if a file vanished meanwhile. */
    private boolean readAll(long committed) {
        try (WalReader reader = WalReader.open(env, root, true)) {
            long last = -1;
            while (reader.next()) {
                assertTrue(last < 0 || reader.sequence() == last + 1, "hole: last=" + last);
                last = reader.sequence();
                assertEquals("batch " + last, WalFixture.text(reader));
                assertEquals(1 + (last - 1) / 1000, reader.generation());
            }
            boolean cut = last < 0;
            assertTrue(
                    last >= committed || (cut && committed % 1000 == 0), "committed=" + committed + ", last=" + last);
            return true;
        } catch (StorageException e) {
            assertEquals(Kind.NOT_FOUND, e.kind(), e::getMessage);
            return false;
        }
    }
}
