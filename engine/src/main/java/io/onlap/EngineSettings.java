package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The settings of an engine, a value: {@code EngineSettings.defaults().withGenerationBytes(32 << 20)}.
 *
 * @param durability what acknowledgements promise
 * @param generationBytes memory of the active generation at which it is sealed
 * @param generationRows rows of the active generation at which it is sealed
 * @param generationAge time after its first row at which the active generation is sealed
 * @param memoryBytes budget for active, sealed and flushing generations and batches on their way; above it writers wait
 * @param stallTimeout longest wait of a writer for memory or a ring slot, then BUSY; with a full disk, of a writer, an
 *     acknowledgement or a flush, but at most 5 s, then DISK_FULL
 * @param ringSlots batches on their way from the writers to the write loop, a power of two
 * @param slotBytes largest batch that travels inside its ring slot; a larger one brings its own buffer. All slots together
 *     take at most 1 GiB
 * @param batchBytesMax largest batch
 * @param flushAttemptsMax failures of one flush, full disks not counted, before the engine is poisoned
 */
public record EngineSettings(
        Durability durability,
        long generationBytes,
        long generationRows,
        Duration generationAge,
        long memoryBytes,
        Duration stallTimeout,
        int ringSlots,
        int slotBytes,
        int batchBytesMax,
        int flushAttemptsMax) {
    private static final int RING_SLOTS_MAX = 1 << 20;
    private static final long RING_BYTES_MAX = 1L << 30;
    private static final int SLOT_BYTES_MIN = 64;
    private static final int BATCH_BYTES_LIMIT = 15 << 20;

    /**
     * Checks every value.
     *
     * @throws StorageException INVALID naming the setting, its value and its bounds
     */
    public EngineSettings {
        within("generationBytes", generationBytes, 1, 1L << 30);
        within("generationRows", generationRows, 1, 1L << 28);
        within(
                "generationAgeMillis",
                generationAge.toMillis(),
                1,
                Duration.ofDays(365).toMillis());
        within("memoryBytes", memoryBytes, 1, 1L << 40);
        within(
                "stallTimeoutMillis",
                stallTimeout.toMillis(),
                0,
                Duration.ofDays(1).toMillis());
        within("ringSlots", ringSlots, 2, RING_SLOTS_MAX);
        if (Integer.bitCount(ringSlots) != 1) {
            throw new StorageException(Kind.INVALID, "setting is no power of two: ringSlots=" + ringSlots);
        }
        within("slotBytes", slotBytes, SLOT_BYTES_MIN, 1 << 20);
        within("ringSlots * slotBytes", (long) ringSlots * slotBytes, 1, RING_BYTES_MAX);
        within("batchBytesMax", batchBytesMax, 1 << 10, BATCH_BYTES_LIMIT);
        within("flushAttemptsMax", flushAttemptsMax, 1, 1_000);
    }

    /** 64 MiB generations, sealed after a minute at the latest, in a budget of 256 MiB; acknowledged at PROCESS. */
    public static EngineSettings defaults() {
        return new EngineSettings(
                Durability.PROCESS,
                64 << 20,
                1 << 24,
                Duration.ofSeconds(60),
                256 << 20,
                Duration.ofSeconds(60),
                1 << 12,
                1 << 10,
                BATCH_BYTES_LIMIT,
                5);
    }

    public EngineSettings withDurability(Durability value) {
        return change(draft -> draft.durability = value);
    }

    public EngineSettings withGenerationBytes(long value) {
        return change(draft -> draft.generationBytes = value);
    }

    public EngineSettings withGenerationRows(long value) {
        return change(draft -> draft.generationRows = value);
    }

    public EngineSettings withGenerationAge(Duration value) {
        return change(draft -> draft.generationAge = value);
    }

    public EngineSettings withMemoryBytes(long value) {
        return change(draft -> draft.memoryBytes = value);
    }

    public EngineSettings withStallTimeout(Duration value) {
        return change(draft -> draft.stallTimeout = value);
    }

    public EngineSettings withRing(int slots, int bytesPerSlot) {
        return change(draft -> {
            draft.ringSlots = slots;
            draft.slotBytes = bytesPerSlot;
        });
    }

    public EngineSettings withFlushAttemptsMax(int value) {
        return change(draft -> draft.flushAttemptsMax = value);
    }

    private EngineSettings change(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.settings();
    }

    /** The same values while one of them changes. */
    private static final class Draft {
        private Durability durability;
        private long generationBytes;
        private long generationRows;
        private Duration generationAge;
        private long memoryBytes;
        private Duration stallTimeout;
        private int ringSlots;
        private int slotBytes;
        private final int batchBytesMax;
        private int flushAttemptsMax;

        private Draft(EngineSettings from) {
            durability = from.durability;
            generationBytes = from.generationBytes;
            generationRows = from.generationRows;
            generationAge = from.generationAge;
            memoryBytes = from.memoryBytes;
            stallTimeout = from.stallTimeout;
            ringSlots = from.ringSlots;
            slotBytes = from.slotBytes;
            batchBytesMax = from.batchBytesMax;
            flushAttemptsMax = from.flushAttemptsMax;
        }

        private EngineSettings settings() {
            return new EngineSettings(
                    durability,
                    generationBytes,
                    generationRows,
                    generationAge,
                    memoryBytes,
                    stallTimeout,
                    ringSlots,
                    slotBytes,
                    batchBytesMax,
                    flushAttemptsMax);
        }
    }

    private static void within(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new StorageException(
                    Kind.INVALID,
                    "setting out of range: name=" + name + ", value=" + value + ", min=" + min + ", max=" + max);
        }
    }
}
