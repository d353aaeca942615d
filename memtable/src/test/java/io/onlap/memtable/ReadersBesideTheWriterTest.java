package io.onlap.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Batch s writes to the keys {@code s·7 .. s·7+6 mod KEYS} the value s, and deletes instead where {@code s % 5 == 0}. So what
 * any key is at any sequence is known without a shared model.
 */
class ReadersBesideTheWriterTest {
    private static final int KEYS = 5_000;
    private static final int PER_BATCH = 7;
    private static final long BATCHES = 100_000;
    private static final long SEED = 42;
    private static final TableSchema SCHEMA = Schemas.of(
                    Schemas.field("id", Schemas.UTF8),
                    Schemas.field("v", Schemas.integer(64)),
                    Schemas.field("t", Schemas.UTF8))
            .key("id");

    @Test
    void shouldShowExactlyTheirPrefixWhenReadersRunBesideTheWriter() throws Exception {
        System.out.println("ReadersBesideTheWriterTest seed=" + SEED);
        AtomicLong published = new AtomicLong();
        AtomicBoolean stopped = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(3);
        try (MemtableRig rig = new MemtableRig(SCHEMA)) {
            List<Future<?>> results = new ArrayList<>();
            try {
                for (int i = 0; i < 3; i++) {
                    Random random = new Random(SEED + i);
                    results.add(readers.submit(() -> read(rig, published, stopped, random)));
                }
                for (long s = 1; s <= BATCHES; s++) {
                    write(rig, s);
                    published.setRelease(s);
                }
                for (Future<?> result : results) {
                    result.get();
                }
            } finally {
                stopped.set(true); // the memory must outlive the readers, also when one of them fails
                readers.shutdown();
                assertTrue(readers.awaitTermination(1, TimeUnit.MINUTES));
            }
        }
    }

    private static String key(long k) {
        return "agents/ada/" + (k * 7_919 % KEYS);
    }

    private static void write(MemtableRig rig, long s) {
        for (int i = 0; i < PER_BATCH; i++) {
            String key = key((s * PER_BATCH + i) % KEYS);
            if (s % 5 == 0) {
                rig.encoder.addDelete(MemtableRig.TABLE, SCHEMA, key);
            } else {
                rig.encoder
                        .beginPut(MemtableRig.TABLE, SCHEMA)
                        .set("id", key)
                        .set("v", s)
                        .set("t", "t".repeat((int) (s % 30)));
                rig.encoder.endRow();
            }
        }
        assertEquals(s, rig.apply());
    }

    /** The last batch up to {@code sequence} that wrote key number {@code k}, or 0. */
    private static long lastWrite(long k, long sequence) {
        long last = 0;
        for (long s = sequence; s > 0 && s > sequence - KEYS; s--) {
            if (Math.floorMod(k - s * PER_BATCH, (long) KEYS) < PER_BATCH) {
                last = s;
                break;
            }
        }
        return last;
    }

    private static void read(MemtableRig rig, AtomicLong published, AtomicBoolean stopped, Random random) {
        long sequence = 0;
        while (sequence < BATCHES && !stopped.get()) {
            sequence = published.getAcquire();
            MemtableView view = rig.memtable.view(MemtableRig.TABLE, sequence);
            if (view == null) {
                assertEquals(0, sequence);
                continue;
            }
            for (int i = 0; i < 20; i++) {
                long k = random.nextInt(KEYS);
                long expected = lastWrite(k, sequence);
                Lookup found = view.get(KeyCodec.encode(SCHEMA, key(k)));
                assertEquals(expected == 0, found.isAbsent());
                assertEquals(expected != 0 && expected % 5 == 0, found.isDeleted());
                if (found.row() != null) {
                    assertEquals(expected, found.row().getLong("v"));
                    assertEquals(expected % 30, found.row().getString("t").length());
                }
            }
            scan(rig, view, sequence, random);
        }
    }

    /** Every row's value is a batch up to the sequence, its text fits its value, and no key is missing or there twice. */
    private static void scan(MemtableRig rig, MemtableView view, long sequence, Random random) {
        boolean all = random.nextInt(4) == 0;
        KeyRange range =
                all ? KeyRange.ALL : KeyRange.prefix(KeyCodec.encode(SCHEMA, "agents/ada/" + random.nextInt(500)));
        List<Row> rows = rig.scan(view, range, random.nextBoolean());
        for (Row row : rows) {
            if (row != null) {
                long value = row.getLong("v");
                assertTrue(value <= sequence && value % 5 != 0);
                assertEquals(value % 30, row.getString("t").length());
                assertTrue(range.contains(KeyCodec.encode(SCHEMA, row.getString("id"))));
            }
        }
        if (all) {
            assertEquals(Math.min(KEYS, sequence * PER_BATCH), rows.size());
            long live = rows.stream().filter(row -> row != null).count();
            assertEquals(live(sequence), live);
        }
    }

    private static long live(long sequence) {
        long live = 0;
        for (long k = 0; k < KEYS; k++) {
            long last = lastWrite(k, sequence);
            live += last != 0 && last % 5 != 0 ? 1 : 0;
        }
        return live;
    }
}
