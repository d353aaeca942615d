package io.onlap;

import io.onlap.io.Env;
import io.onlap.io.LocalStorage;
import io.onlap.manifest.StoreLayout;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Shows an owner's numbers to other processes, through a mapped file that it rewrites a few times per second. The threads
 * that write and flush take no part in it: the numbers are read from what they publish anyway.
 *
 * <p>Failure windows: killed in the midst of a writing the ticket stays odd; readers then take what is there.
 *
 * <p>Threading: its own thread takes and writes; the store closes.
 */
final class OwnerCounters implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 200;

    private final Consumer<Map<Counter, Long>> source;
    private final Map<Counter, Long> values = new EnumMap<>(Counter.class);
    private final MappedByteBuffer bytes;
    private final UnsafeBuffer file;
    private final Thread thread = new Thread(this::run, "onlap-counters");
    private final CountDownLatch stopping = new CountDownLatch(1);

    private OwnerCounters(MappedByteBuffer bytes, Consumer<Map<Counter, Long>> source) {
        this.source = source;
        this.bytes = bytes;
        this.file = new UnsafeBuffer(bytes);
    }

    /** @param source puts the current numbers */
    static OwnerCounters start(Env env, StoreLayout layout, Consumer<Map<Counter, Long>> source) {
        env.storage().replace(layout.counters(), new byte[CountersFormat.FILE_BYTES]);
        try (FileChannel channel =
                FileChannel.open(layout.counters(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            OwnerCounters counters = new OwnerCounters(
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, CountersFormat.FILE_BYTES), source);
            counters.write();
            counters.thread.setDaemon(true);
            counters.thread.start();
            return counters;
        } catch (IOException e) {
            throw LocalStorage.failure("counters not mapped", layout.counters(), e);
        }
    }

    private void run() {
        while (rest()) {
            write();
        }
    }

    /** False when it is time to stop. */
    private boolean rest() {
        try {
            return !stopping.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false; // nobody interrupts it but who wants its end
        }
    }

    private void write() {
        source.accept(values);
        long ticket = file.getLong(CountersFormat.TICKET_OFFSET);
        file.putLongVolatile(CountersFormat.TICKET_OFFSET, ticket | 1);
        file.putLong(CountersFormat.MAGIC_OFFSET, CountersFormat.MAGIC);
        file.putInt(CountersFormat.FORMAT_OFFSET, CountersFormat.FORMAT);
        file.putInt(CountersFormat.COUNT_OFFSET, Counter.values().length);
        values.forEach((counter, value) -> file.putLong(CountersFormat.offset(counter), value));
        file.putLongVolatile(CountersFormat.TICKET_OFFSET, (ticket | 1) + 1);
    }

    /** Writes the last numbers and unmaps; idempotent. */
    @Override
    public void close() {
        if (stopping.getCount() == 0) {
            return;
        }
        stopping.countDown();
        Futures.uninterruptibly(thread::join);
        try {
            write();
        } finally {
            BufferUtil.free(bytes);
        }
    }
}
