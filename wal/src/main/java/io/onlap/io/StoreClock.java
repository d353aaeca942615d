package io.onlap.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Wall time together with the monotonic time of this boot of the machine. Ages are monotonic differences within one boot
 * and wall differences across boots, so a clock that is set back or forward ages nothing.
 *
 * <p>Threading: any thread.
 */
public interface StoreClock {
    /** Milliseconds since 1970-01-01T00:00Z. */
    long wallMillis();

    /** Nanoseconds that only grow while {@link #bootId} stays the same. */
    long monotonicNs();

    /** Names this boot of the machine, the same for all its processes. */
    String bootId();

    /** One reading of all three. */
    default Instant now() {
        return new Instant(wallMillis(), bootId(), monotonicNs());
    }

    /** A moment as records store it. */
    record Instant(long wallMillis, String bootId, long monotonicNs) {
        /** Milliseconds from this moment to {@code later}, never negative. */
        public long ageMillis(Instant later) {
            long age = bootId.equals(later.bootId)
                    ? (later.monotonicNs - monotonicNs) / 1_000_000
                    : later.wallMillis - wallMillis;
            return Math.max(0, age);
        }
    }

    /**
     * The clock of this machine. {@link System#nanoTime} counts from boot on Linux, the same for all processes. Where the
     * system gives no boot id, each process counts as a boot of its own and wall time decides.
     */
    static StoreClock system() {
        return SystemClock.INSTANCE;
    }

    /** See {@link StoreClock#system()}. */
    final class SystemClock implements StoreClock {
        private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
        private static final SystemClock INSTANCE = new SystemClock();

        private final String bootId = readBootId();

        private SystemClock() {}

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicNs() {
            return System.nanoTime();
        }

        @Override
        public String bootId() {
            return bootId;
        }

        private static String readBootId() {
            try {
                return Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip();
            } catch (IOException e) {
                // No such file outside Linux: an id that no other process has makes wall time decide.
                ProcessHandle self = ProcessHandle.current();
                return "process-" + self.pid() + "-"
                        + self.info().startInstant().orElse(java.time.Instant.EPOCH);
            }
        }
    }
}
