package io.onlap.jmh;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BufferUtil;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB through its Java binding, by way of direct buffers wherever it takes them, because that is its fastest door: no
 * copy to the heap and no allocation per row. The columns of a row are packed into its value, see {@link PackedRow}.
 *
 * <p>Threading: one thread.
 */
public final class RocksPeer implements Peer {
    private static final int WRITE_BUFFERS = 4;
    private static final int BACKGROUND_JOBS = 2;
    private static final int BLOOM_BITS = 10;
    private static final int VALUE_BYTES_MAX = 1 << 16;
    private static final long SETTLE_TIMEOUT_NS = TimeUnit.MINUTES.toNanos(10);
    private static final long SETTLE_PARK_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int SETTLE_LOOKS = 5;
    private static final List<String> BUSY_PROPERTIES = List.of(
            "rocksdb.num-running-flushes",
            "rocksdb.mem-table-flush-pending",
            "rocksdb.num-running-compactions",
            "rocksdb.compaction-pending");

    private final ByteBuffer key = ByteBuffer.allocateDirect(Keys.LENGTH);
    private final ByteBuffer value = ByteBuffer.allocateDirect(VALUE_BYTES_MAX);
    private final long keyAddress = BufferUtil.address(key);
    private final long valueAddress = BufferUtil.address(value);
    private final ColumnSums sums = new ColumnSums();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private RocksDB db;
    private WriteOptions writeOptions;
    private ReadOptions readOptions;
    private WriteBatch batch;
    private PackedRow packed;
    private int floats;
    private int bufferMiB;

    @Override
    public String name() {
        return "rocksdb";
    }

    @Override
    public String settings() {
        return "RocksJava " + RocksDB.rocksdbVersion() + ", WAL on, sync=false, " + WRITE_BUFFERS + " write buffers of "
                + bufferMiB + " MiB, " + BACKGROUND_JOBS + " background jobs, no compression, bloom " + BLOOM_BITS
                + " bits, direct buffers, else defaults";
    }

    @Override
    public boolean isReadable() {
        return true;
    }

    @Override
    public void open(Path directory, Workload workload, PeerSettings settings) {
        RocksDB.loadLibrary();
        floats = workload.floats();
        bufferMiB = settings.bufferMiB();
        packed = new PackedRow(floats, true);
        BloomFilter bloom = keep(new BloomFilter(BLOOM_BITS));
        Options options = keep(new Options());
        options.setCreateIfMissing(true)
                .setWriteBufferSize((long) bufferMiB << 20)
                .setMaxWriteBufferNumber(WRITE_BUFFERS)
                .setMaxBackgroundJobs(BACKGROUND_JOBS)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig().setFilterPolicy(bloom));
        writeOptions = keep(new WriteOptions());
        writeOptions.setDisableWAL(false).setSync(false);
        readOptions = keep(new ReadOptions());
        batch = keep(new WriteBatch());
        try {
            db = keep(RocksDB.open(options, directory.toString()));
        } catch (RocksDBException e) {
            close();
            throw failed("open", e);
        }
    }

    private <T extends AutoCloseable> T keep(T part) {
        opened.push(part);
        return part;
    }

    @Override
    public long put(RowStream row) {
        try {
            db.put(writeOptions, key(row), packed.encodeValue(row));
        } catch (RocksDBException e) {
            throw failed("put", e);
        }
        return row.index();
    }

    @Override
    public long putBatch(RowStream rows, int count) {
        try {
            batch.clear();
            for (int i = 0; i < count; i++) {
                RowStream row = rows.next();
                batch.put(key(row), packed.encodeValue(row));
            }
            db.write(writeOptions, batch);
        } catch (RocksDBException e) {
            throw failed("write", e);
        }
        return rows.index();
    }

    private ByteBuffer key(RowStream row) {
        return key.clear().put(row.key()).flip();
    }

    /** Nothing to wait for: each write returns when it is in the WAL. */
    @Override
    public void awaitAcknowledged(long ticket) {}

    @Override
    public void drain() {
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
            db.flush(options);
        } catch (RocksDBException e) {
            throw failed("flush", e);
        }
    }

    /** The binding has no call for this; idle is when nothing ran or waited to run several looks in a row. */
    @Override
    public void settle() {
        long deadline = System.nanoTime() + SETTLE_TIMEOUT_NS;
        int idleLooks = 0;
        try {
            while (idleLooks < SETTLE_LOOKS) {
                long busy = 0;
                for (String property : BUSY_PROPERTIES) {
                    busy += db.getLongProperty(property);
                }
                idleLooks = busy == 0 ? idleLooks + 1 : 0;
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("rocksdb: background work does not end: busy=" + busy);
                }
                LockSupport.parkNanos(SETTLE_PARK_NS);
            }
        } catch (RocksDBException e) {
            throw failed("settle", e);
        }
    }

    @Override
    public ScanSum scan() {
        sums.clear();
        try (RocksIterator rows = db.newIterator(readOptions)) {
            for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                int keyLength = rows.key(key.clear());
                checkLength(rows.value(value.clear()));
                sums.addRows(1);
                sums.addKey(ColumnSums.value(keyAddress, keyLength));
                PackedRow.consume(valueAddress, floats, sums);
            }
            rows.status();
        } catch (RocksDBException e) {
            throw failed("scan", e);
        }
        return sums.toScanSum();
    }

    @Override
    public long get(String wanted) {
        sums.clear();
        key.clear().put(wanted.getBytes(StandardCharsets.US_ASCII)).flip();
        try {
            int length = db.get(readOptions, key, value.clear());
            if (length == RocksDB.NOT_FOUND) {
                return MISS;
            }
            checkLength(length);
        } catch (RocksDBException e) {
            throw failed("get", e);
        }
        sums.addKey(ColumnSums.value(keyAddress, Keys.LENGTH));
        PackedRow.consume(valueAddress, floats, sums);
        return sums.total();
    }

    private static void checkLength(int length) {
        if (length > VALUE_BYTES_MAX) {
            throw new IllegalStateException("value larger than the buffer: length=" + length);
        }
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("rocksdb: cannot close", e);
            }
        }
    }

    private static IllegalStateException failed(String what, RocksDBException cause) {
        return new IllegalStateException("rocksdb: failed: operation=" + what + ", " + cause.getMessage(), cause);
    }
}
