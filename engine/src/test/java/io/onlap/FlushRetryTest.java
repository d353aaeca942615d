package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlushRetryTest {
    /** Enough for many seconds of pauses, if they are kept. */
    private static final int ATTEMPTS = 30;

    private static final int SEALS = 300;

    @TempDir
    Path directory;

    private final Env env = Env.system();

    @Test
    void shouldKeepThePausesBetweenItsAttemptsWhileGenerationsAreSealed() {
        EngineSettings settings = EngineSettings.defaults()
                .withGenerationRows(1)
                .withGenerationAge(Duration.ofMillis(1))
                .withFlushAttemptsMax(ATTEMPTS);
        try (Engine engine = Engine.open(directory, settings, env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
                throw new StorageException(Kind.FATAL, "injected");
            });
            for (int i = 0; i < SEALS; i++) {
                Rows.putNow(engine, table, "k" + i, i);
            }
            env.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
            engine.flush();
            assertEquals(Health.State.OK, engine.health().state());
            assertEquals(SEALS, table.count());
        }
    }
}
