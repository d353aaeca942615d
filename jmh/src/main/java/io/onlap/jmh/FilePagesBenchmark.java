package io.onlap.jmh;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
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
 * What the system needs to take in the bytes of a file, for the three ways a store can come to its files:
 *
 * <ul>
 *   <li>{@code kept}: a new file each time, and the ones before stay, as segment files do;
 *   <li>{@code replaced}: a new file each time, but the one before was deleted;
 *   <li>{@code again}: the same file, written over, as the log's files are (docs/adr, decision 1).
 * </ul>
 *
 * The figures are the thread's processor time per page of 4 KiB. Nothing is forced.
 *
 * <p>Threading: one thread.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5)
@Measurement(iterations = 15)
public class FilePagesBenchmark {
    private static final int PAGE_BYTES = 4 << 10;

    /** A directory, and how many files were kept in it. */
    @State(Scope.Thread)
    public static class Written {
        /** Of each file. */
        @Param({"64"})
        public int mebibytes;

        /** Of each write. */
        @Param({"64", "256"})
        public int writeKibibytes;

        private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        private BenchDirectory directory;
        private ByteBuffer bytes;
        private int kept;

        @Setup(Level.Trial)
        public void create() {
            directory = BenchDirectory.create("pages");
            bytes = ByteBuffer.allocateDirect(writeKibibytes << 10);
        }

        /** Returns processor time per page, in nanoseconds. */
        private double write(String name) throws IOException {
            long length = (long) mebibytes << 20;
            Path file = directory.path().resolve(name);
            long start = threads.getCurrentThreadCpuTime();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                for (long at = 0; at < length; ) {
                    at += channel.write(bytes.clear());
                }
            }
            return (threads.getCurrentThreadCpuTime() - start) * (double) PAGE_BYTES / length;
        }

        @TearDown(Level.Trial)
        public void remove() {
            directory.close();
        }
    }

    @Benchmark
    public int write(Written files) throws IOException {
        Figures.set("kept", files.write("kept-" + files.kept++), "ns/page");
        Files.deleteIfExists(files.directory.path().resolve("replaced"));
        Figures.set("replaced", files.write("replaced"), "ns/page");
        Figures.set("again", files.write("again"), "ns/page");
        return files.kept;
    }
}
