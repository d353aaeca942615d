package io.onlap.jmh;

import io.onlap.jmh.RoundTrips.Looks;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.openhft.affinity.Affinity;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Round trips of acknowledgements, see {@link RoundTrips}: write loop and waiter that look a moment before they sleep and
 * yield meanwhile, as the engine's, against those that spin meanwhile or sleep at once. A shot runs all in turn; what counts
 * are the figures beside it: p50 and p99 of a round trip, round trips per second, and what the loop spends on one. Of puts
 * that nobody waits for, p50 and p99 are those of the call.
 *
 * <p>Both threads are pinned. Left to the system they share a core in one shot and not in the next, and nothing matters as
 * much: to look at a core that the other one needs is time lost, and to wake somebody on one's own core is cheap.
 *
 * <p>Threading: one thread, and a loop for each way to wait, which sleeps while another is measured.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 7)
public class AcknowledgementBenchmark {
    /** One for each way to wait, with its own ring and its own loop. */
    private static final class Pinned implements AutoCloseable {
        private final Map<Looks, RoundTrips> all = new EnumMap<>(Looks.class);
        private final BitSet allowed = Affinity.getAffinity();

        Pinned(int cores) {
            int writer = allowed.nextSetBit(0);
            int loop = cores == 1 ? writer : allowed.nextSetBit(writer + 1);
            if (loop < 0) {
                throw new IllegalArgumentException("too few cores: cores=" + cores + ", allowed=" + allowed);
            }
            for (Looks looks : Looks.values()) {
                all.put(looks, new RoundTrips(looks, () -> Affinity.setAffinity(loop), () -> {}));
            }
            Affinity.setAffinity(writer);
        }

        @Override
        public void close() {
            Affinity.setAffinity(allowed);
            all.values().forEach(RoundTrips::close);
        }
    }

    /** Puts that are waited for, each by itself. */
    @State(Scope.Thread)
    public static class Trips {
        /** From one round trip to the next; a loop that looks sleeps after 20. */
        @Param({"0", "200"})
        public long pauseMicros;

        /** Where the two threads run: each on its own core, or both on one. */
        @Param({"2", "1"})
        public int cores;

        /** How long each way runs in a shot. */
        @Param({"300"})
        public long millis;

        private Pinned pinned;

        @Setup(Level.Trial)
        public void start() {
            pinned = new Pinned(cores);
        }

        @TearDown(Level.Trial)
        public void close() {
            pinned.close();
        }
    }

    /** Puts at a fixed rate that nobody waits for; writer and loop have a core each. */
    @State(Scope.Thread)
    public static class Unwaited {
        /** From one put to the next. */
        @Param({"10", "100", "1000"})
        public long periodMicros;

        /** How long each way runs in a shot. */
        @Param({"300"})
        public long millis;

        private Pinned pinned;

        @Setup(Level.Trial)
        public void start() {
            pinned = new Pinned(2);
        }

        @TearDown(Level.Trial)
        public void close() {
            pinned.close();
        }
    }

    @Benchmark
    public long roundTrips(Trips trips) throws InterruptedException {
        long rounds = 0;
        for (Map.Entry<Looks, RoundTrips> one : trips.pinned.all.entrySet()) {
            RoundTrips.Outcome outcome = one.getValue()
                    .run(TimeUnit.MILLISECONDS.toNanos(trips.millis), TimeUnit.MICROSECONDS.toNanos(trips.pauseMicros));
            String name = one.getKey().name().toLowerCase(Locale.ROOT);
            Figures.set(name + ".p50", outcome.micros(50), "us");
            Figures.set(name + ".p99", outcome.micros(99), "us");
            Figures.set(name + ".rate", outcome.roundsPerSecond(), "rounds/s");
            Figures.set(name + ".loop", outcome.loopNanos() / 1e3, "us");
            rounds += outcome.nanos().getTotalCount();
        }
        return rounds;
    }

    @Benchmark
    public long unwaited(Unwaited unwaited) throws InterruptedException {
        long puts = 0;
        for (Map.Entry<Looks, RoundTrips> one : unwaited.pinned.all.entrySet()) {
            RoundTrips.Outcome outcome = one.getValue()
                    .runUnwaited(
                            TimeUnit.MILLISECONDS.toNanos(unwaited.millis),
                            TimeUnit.MICROSECONDS.toNanos(unwaited.periodMicros));
            String name = one.getKey().name().toLowerCase(Locale.ROOT);
            Figures.set(name + ".p50", outcome.micros(50), "us");
            Figures.set(name + ".p99", outcome.micros(99), "us");
            Figures.set(name + ".loop", outcome.loopNanos() / 1e3, "us");
            puts += outcome.nanos().getTotalCount();
        }
        return puts;
    }
}
