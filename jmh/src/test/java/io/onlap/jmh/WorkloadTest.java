package io.onlap.jmh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rows are the promised ones, and the same for every store. */
final class WorkloadTest {
    private static final int ROWS = 50_000;

    @ParameterizedTest
    @EnumSource(KeyOrder.class)
    void shouldMakeTheSameRowsWhenTheSeedIsTheSame(KeyOrder order) {
        assertEquals(sum(new Workload(ROWS, 16, 5, order)), sum(new Workload(ROWS, 16, 5, order)));
        assertNotEquals(sum(new Workload(ROWS, 16, 5, order)), sum(new Workload(ROWS, 16, 6, order)));
    }

    @ParameterizedTest
    @EnumSource(KeyOrder.class)
    void shouldRewriteEarlierKeysInOneRowOfTen(KeyOrder order) {
        RowStream rows = new Workload(ROWS, 0, 5, order).stream();
        Set<String> seen = new HashSet<>();
        int rewrites = 0;
        for (int i = 0; i < ROWS; i++) {
            boolean isNew = seen.add(key(rows.next()));
            assertEquals(rows.isRewrite(), !isNew);
            rewrites += isNew ? 0 : 1;
        }
        assertEquals(seen.size(), rows.distinctKeys());
        assertEquals(0.1, rewrites / (double) ROWS, 0.005);
    }

    @Test
    void shouldMakeRowsOfAbout240Bytes() {
        RowStream rows = new Workload(ROWS, 0, 5, KeyOrder.SESSIONS).stream();
        long bytes = 0;
        for (int i = 0; i < ROWS; i++) {
            rows.next();
            assertEquals(26, rows.key().length);
            bytes += rows.key().length + Long.BYTES + rows.role().length + rows.textLength();
        }
        assertEquals(240, bytes / (double) ROWS, 2);
    }

    @ParameterizedTest
    @EnumSource(KeyOrder.class)
    void shouldDrawKeysThatWereWrittenAndKeysThatWereNot(KeyOrder order) {
        Workload workload = new Workload(ROWS, 0, 5, order);
        RowStream rows = workload.stream();
        Set<String> written = new HashSet<>();
        for (int i = 0; i < ROWS; i++) {
            written.add(key(rows.next()));
        }
        assertEquals(written.size(), workload.distinctKeys());
        for (String key : workload.presentKeys(1_000)) {
            assertTrue(written.contains(key), key);
        }
        for (String key : workload.absentKeys(1_000)) {
            assertFalse(written.contains(key), key);
        }
    }

    @Test
    void shouldGiveTheSameRowWhenSkippedTo() {
        Workload workload = new Workload(ROWS, 4, 5, KeyOrder.SESSIONS);
        RowStream walked = workload.stream();
        RowStream skipped = workload.stream();
        for (int i = 0; i < 100; i++) {
            walked.next();
            skipped.skip();
        }
        assertArrayEquals(walked.next().key(), skipped.next().key());
        assertEquals(walked.textOffset(), skipped.textOffset());
    }

    private static ScanSum sum(Workload workload) {
        ColumnSums sums = new ColumnSums();
        RowStream rows = workload.stream();
        for (long i = 0; i < workload.rows(); i++) {
            sums.add(rows.next());
        }
        return sums.toScanSum();
    }

    private static String key(RowStream row) {
        return new String(row.key(), StandardCharsets.US_ASCII);
    }
}
