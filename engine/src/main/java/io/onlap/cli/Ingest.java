package io.onlap.cli;

import io.onlap.Engine;
import io.onlap.Table;
import io.onlap.WriteBatch;
import io.onlap.Writer;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.RowBuilder;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One run of {@code ingest}: lines to batches to acknowledgements.
 *
 * <p>Parsing and writing overlap: a batch is handed in and the next one filled while the write loop works, up to a window
 * of rows that are written and not yet acknowledged. Where the input makes us wait (a rate, a silent pipe) everything
 * written is acknowledged first.
 *
 * <p>Invariant: whatever ends the run, a signal, a bad line, the end of input, the batch in hand is written and
 * acknowledged; only a failure of the engine ends it before.
 *
 * <p>Threading: one thread.
 */
final class Ingest {
    private static final int WINDOW_ROWS = 1 << 14;
    private static final int NOTES_MAX = 10;
    private static final long PAUSE_NS_MAX = 50_000_000;

    /** What was done. {@code lastSequence} is 0 if nothing was written. */
    record Tally(long rows, long deletes, long skipped, long lastSequence, double seconds) {}

    private final Console console;
    private final Engine engine;
    private final Table table;
    private final IngestOptions options;
    private final Inputs inputs;
    private final StopSignal stop;
    private final Writer writer;
    private final WriteBatch batch;
    private final AckFile acks;
    private final Progress progress;
    private final long startNs = System.nanoTime();
    private long bytesTotal;
    private long bytesBefore;
    private long rows;
    private long deletes;
    private long skipped;
    private long lastSequence;

    /** @param acks null if nobody asked for acknowledgements */
    Ingest(
            Console console,
            Engine engine,
            Table table,
            IngestOptions options,
            Inputs inputs,
            AckFile acks,
            StopSignal stop) {
        this.console = console;
        this.engine = engine;
        this.table = table;
        this.options = options;
        this.inputs = inputs;
        this.acks = acks;
        this.stop = stop;
        this.writer = engine.writer();
        this.batch = writer.batch();
        this.progress =
                console.progress(options.progress.wanted(), () -> engine.stats().allocatedBytes());
    }

    Tally tally() {
        return new Tally(rows, deletes, skipped, lastSequence, (System.nanoTime() - startNs) / 1e9);
    }

    /** Returns when all is acknowledged, or at the end of the batch in hand after a signal. */
    void run() throws IOException, BadLineException {
        bytesTotal = inputs.totalBytes() < 0 ? -1 : inputs.totalBytes() * options.rounds();
        try (progress) {
            try {
                readAll();
            } catch (BadLineException bad) {
                finish();
                throw bad;
            }
            finish();
            if (options.flush && !stop.isRequested()) {
                engine.flush();
            }
        }
        if (skipped > NOTES_MAX) {
            console.hold("skipped " + skipped + " bad lines");
        }
    }

    private void readAll() throws IOException, BadLineException {
        for (int round = 1; round <= options.rounds(); round++) {
            byte[] prefix = options.prefix(table.schema(), round);
            for (String name : inputs.names()) {
                if (stop.isRequested()) {
                    return;
                }
                NdjsonReader reader = inputs.open(name, table.schema());
                try (reader) {
                    read(reader, prefix, inputs.isStream(name));
                }
                bytesBefore += reader.bytesRead();
            }
        }
    }

    private void read(NdjsonReader reader, byte[] prefix, boolean mayWait) throws IOException, BadLineException {
        Consumer<RowBuilder> fill = reader.values()::fill;
        while (!stop.isRequested()) {
            if (mayWait && acks != null && acks.pendingRows() > 0 && reader.wouldWait()) {
                settle();
            }
            try {
                if (!reader.next()) {
                    return;
                }
                add(reader, fill, prefix);
            } catch (BadLineException bad) {
                if (!options.skipBad) {
                    throw bad;
                }
                skip(bad);
            }
            if (batch.rowCount() >= options.batchRows) {
                write();
                progress.update(rows + deletes, fraction(reader));
                pace();
            }
        }
    }

    private double fraction(NdjsonReader reader) {
        return bytesTotal <= 0 ? -1 : (double) (bytesBefore + reader.bytesRead()) / bytesTotal;
    }

    private void skip(BadLineException bad) {
        skipped++;
        if (skipped <= NOTES_MAX) {
            console.hold("skipped: " + bad.getMessage());
        }
    }

    private void add(NdjsonReader reader, Consumer<RowBuilder> fill, byte[] prefix) throws BadLineException {
        LineValues values = reader.values();
        if (prefix != null) {
            values.prepend(table.schema().keyColumns().get(0).index(), prefix);
        }
        try {
            put(values, fill);
        } catch (StorageException e) {
            throw reader.refused(e);
        }
        if (acks != null) {
            acks.add(values);
        }
        if (values.isDelete()) {
            deletes++;
        } else {
            rows++;
        }
    }

    /** A row that does not fit behind the others may fit a batch of its own. */
    private void put(LineValues values, Consumer<RowBuilder> fill) {
        try {
            append(values, fill);
        } catch (StorageException e) {
            if (e.kind() != Kind.INVALID || batch.rowCount() == 0) {
                throw e;
            }
            write();
            append(values, fill);
        }
    }

    private void append(LineValues values, Consumer<RowBuilder> fill) {
        if (values.isDelete()) {
            batch.delete(table, values.key());
        } else {
            batch.put(table, fill);
        }
    }

    private void write() {
        if (batch.rowCount() == 0) {
            return;
        }
        lastSequence = writer.write(batch);
        batch.clear();
        if (acks != null) {
            acks.cut(lastSequence);
        }
    }

    private void pace() {
        while (acks != null && acks.pendingRows() > WINDOW_ROWS) {
            long oldest = acks.oldestPending();
            writer.awaitDurable(oldest);
            acks.settle(oldest);
        }
        if (options.rowsPerSecond == null) {
            return;
        }
        settle();
        double dueNs = (rows + deletes) * 1e9 / options.rowsPerSecond;
        long leftNs = (long) dueNs - (System.nanoTime() - startNs);
        while (leftNs > 0 && !stop.isRequested()) {
            LockSupport.parkNanos(Math.min(leftNs, PAUSE_NS_MAX));
            leftNs = (long) dueNs - (System.nanoTime() - startNs);
        }
    }

    private void finish() {
        write();
        settle();
    }

    /** Waits until all that is written is durable as asked, and acknowledges it. */
    private void settle() {
        if (lastSequence > 0) {
            writer.awaitDurable(lastSequence);
            if (acks != null) {
                acks.settle(lastSequence);
            }
        }
    }
}
