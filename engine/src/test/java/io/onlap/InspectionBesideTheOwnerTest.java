package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Looking at a sound store finds no fault, though its owner flushes, and clears log files, while they are looked at. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class InspectionBesideTheOwnerTest {
    private static final int ROWS = 350;
    private static final int ROWS_PER_GENERATION = 100;

    @TempDir
    private Path directory;

    @Test
    void shouldVerifyWithoutFaultWhenFileIsClearedUnderIt() {
        whileFlushing(env -> assertEquals(List.of(), Faults.of(env, directory)));
    }

    @Test
    void shouldDumpTheFramesThatStayWhenFileIsClearedUnderIt() {
        List<Inspection.WalFrame> frames = new ArrayList<>();
        whileFlushing(env -> Inspection.walFrames(env, directory, frames::add));
        assertEquals(
                ROWS % ROWS_PER_GENERATION,
                frames.stream().mapToLong(Inspection.WalFrame::rows).sum());
        assertTrue(
                frames.stream()
                        .allMatch(frame -> frame.generation() == frames.get(0).generation()),
                frames::toString);
    }

    private interface Look {
        void at(Env env);
    }

    /** Three sealed generations are flushed, and their log files cleared, between the opening of the files and the reading. */
    private void whileFlushing(Look look) {
        Env ownerEnv = Env.system();
        Gate flush = new Gate();
        CountDownLatch cleared = new CountDownLatch(ROWS / ROWS_PER_GENERATION);
        boolean[] parked = {false};
        ownerEnv.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
            if (!parked[0]) {
                parked[0] = true;
                flush.run();
            }
        });
        ownerEnv.failPoints().arm(FailPoint.TRUNCATE_AFTER_DELETE, cleared::countDown);
        EngineSettings settings = EngineSettings.defaults().withGenerationRows(ROWS_PER_GENERATION);
        try (Engine engine = Engine.open(directory, settings, ownerEnv)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            for (int i = 0; i < ROWS; i++) {
                Rows.putNow(engine, table, "k" + i, i);
            }
            flush.awaitReached();
            Env env = Env.system();
            env.failPoints().arm(FailPoint.READER_BEFORE_REPLAY, () -> {
                flush.open();
                await(cleared);
            });
            look.at(env);
            assertEquals(0, cleared.getCount());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS), "log files never cleared");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
