package io.onlap.jmh;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What every peer must agree with: a map of keys to rows, each row kept as its own sums.
 *
 * <p>Threading: one thread.
 */
final class ModelPeer implements Peer {
    private final Map<String, Long> totals = new TreeMap<>();
    private final ColumnSums one = new ColumnSums();

    @Override
    public String name() {
        return "model";
    }

    @Override
    public String settings() {
        return "a map";
    }

    @Override
    public boolean isReadable() {
        return true;
    }

    @Override
    public void open(Path directory, Workload workload, PeerSettings settings) {}

    @Override
    public long put(RowStream row) {
        one.clear();
        one.add(row);
        totals.put(new String(row.key(), StandardCharsets.US_ASCII), one.total());
        return row.index();
    }

    @Override
    public long putBatch(RowStream rows, int count) {
        for (int i = 0; i < count; i++) {
            put(rows.next());
        }
        return rows.index();
    }

    @Override
    public void awaitAcknowledged(long ticket) {}

    @Override
    public void drain() {}

    @Override
    public void settle() {}

    @Override
    public ScanSum scan() {
        long sum = totals.values().stream().mapToLong(Long::longValue).sum();
        return new ScanSum(totals.size(), sum);
    }

    @Override
    public long get(String key) {
        return totals.getOrDefault(key, MISS);
    }

    @Override
    public void close() {}
}
