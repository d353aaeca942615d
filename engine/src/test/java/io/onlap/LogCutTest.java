package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever cuts the log leaves in it each generation that is not flushed: a crash right behind the cut loses nothing. */
class LogCutTest {
    private static final EngineSettings ONE_ROW_EACH =
            EngineSettings.defaults().withDurability(Durability.POWER).withGenerationRows(1);

    @TempDir
    Path directory;

    private final Env env = Env.system();

    /** Generation 1 is flushed, 2 and 3 are sealed, 4 is active: only the first may go. */
    @Test
    void shouldKeepTheNextSealedGenerationWhenAFlushCutsTheLog(@TempDir Path crashed) throws IOException {
        Gate record = new Gate();
        Gate cut = new Gate();
        Gate next = new Gate();
        AtomicInteger flushes = new AtomicInteger();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_TRUNCATE, record);
        env.failPoints().arm(FailPoint.TRUNCATE_AFTER_DELETE, cut);
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
            if (flushes.incrementAndGet() == 2) {
                next.run();
            }
        });
        try (Engine engine = Engine.open(directory, ONE_ROW_EACH, env);
                Writer writer = engine.writer()) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            writer.awaitVisible(Rows.put(writer, table, "a", 1));
            record.awaitReached();
            writer.awaitVisible(Rows.put(writer, table, "b", 2));
            writer.awaitVisible(Rows.put(writer, table, "c", 3));
            record.open();
            cut.awaitReached();
            long last = Rows.put(writer, table, "d", 4);
            writer.awaitVisible(last);
            cut.open();
            writer.awaitDurable(last); // forced by the thread that cuts, so behind the cut
            next.awaitReached();
            CrashImage.copy(directory, crashed);
            next.open();
        }
        try (Engine engine = Engine.open(crashed)) {
            assertEquals(Map.of("a", 1L, "b", 2L, "c", 3L, "d", 4L), Rows.scan(engine.table("t")));
        }
    }

    @Test
    void shouldKeepEveryReplayedGenerationWhenAnOpenCutsTheLog(@TempDir Path crashed) throws IOException {
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
            throw new StorageException(Kind.DISK_FULL, "injected");
        });
        Map<String, Long> rows = Map.of("a", 1L, "b", 2L, "c", 3L);
        try (Engine engine = Engine.open(directory, ONE_ROW_EACH, env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            rows.forEach((id, n) -> Rows.putNow(engine, table, id, n));
        }
        Gate flush = new Gate();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, flush);
        try (Engine engine = Engine.open(directory, ONE_ROW_EACH, env)) {
            flush.awaitReached();
            assertEquals(3, engine.stats().sealedGenerations());
            CrashImage.copy(directory, crashed);
            flush.open();
        }
        try (Engine engine = Engine.open(crashed)) {
            assertEquals(rows, Rows.scan(engine.table("t")));
        }
    }
}
