package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** An engine whose newest rows are in one known place, so that one test can ask the same of every place. */
final class Placed implements AutoCloseable {
    /** Where the rows are. */
    enum Place {
        /** In the memtable that takes writes. */
        ACTIVE,
        /** In a sealed memtable, its flush parked before its first step. */
        SEALED,
        /** In segment files only. */
        FILES,
        /** In a sealed memtable that recovery made from the log, its flush parked. */
        REPLAYED
    }

    private final Env env = Env.system();
    private final Gate gate = new Gate();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Place place;
    private Engine engine;
    private CompletableFuture<Long> flush;

    /** Rows that {@code write} flushes itself stay in files; those it leaves unflushed come to {@code place}. */
    Placed(Path directory, Place place, Consumer<Engine> write) {
        this.place = place;
        this.engine = Engine.open(directory, EngineSettings.defaults(), env);
        write.accept(engine);
        switch (place) {
            case ACTIVE -> assertEquals(0, engine.stats().sealedGenerations());
            case FILES -> engine.flush();
            case SEALED -> {
                env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
                flush = CompletableFuture.supplyAsync(engine::flush, thread);
                gate.awaitReached();
            }
            case REPLAYED -> {
                engine.close();
                env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
                engine = Engine.open(directory, EngineSettings.defaults(), env);
                gate.awaitReached();
            }
        }
        check();
    }

    /** Are the rows still where they should be? */
    private void check() {
        boolean sealed = place == Place.SEALED || place == Place.REPLAYED;
        assertEquals(sealed ? 1 : 0, engine.stats().sealedGenerations());
        assertTrue(place != Place.FILES || engine.stats().segmentFiles() > 0);
    }

    Engine engine() {
        return engine;
    }

    Table table(String path) {
        return engine.table(path);
    }

    /** Lets what is parked go on and brings every row into files. */
    void flushAll() {
        env.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
        gate.open();
        engine.flush();
    }

    @Override
    public void close() {
        env.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
        gate.open();
        if (flush != null) {
            flush.join();
        }
        thread.shutdown();
        engine.close();
    }
}
