package io.onlap;

import io.onlap.io.Env;
import io.onlap.io.MappedFile;
import io.onlap.manifest.StoreLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;

/**
 * Reads what an owner tells of itself: the mirror of {@link OwnerCounters}.
 *
 * <p>Failure windows: an owner that was killed, or is stopped, in the midst of a writing leaves numbers of two moments; they
 * are given as what they are.
 *
 * <p>Threading: stateless.
 */
final class CountersReader {
    private static final int ATTEMPTS_MAX = 1_000;

    private CountersReader() {}

    /**
     * What was told.
     *
     * <p>Threading: immutable.
     *
     * @param values without those that the owner's program did not know; empty if it told nothing this one understands
     * @param whole are they of one moment?
     */
    record Told(Map<Counter, Long> values, boolean whole) {}

    @SuppressWarnings("EnumOrdinal") // the order is the format: Counter says so
    static Told read(Env env, StoreLayout layout) {
        Map<Counter, Long> values = new EnumMap<>(Counter.class);
        if (!env.storage().exists(layout.counters())
                || env.storage().size(layout.counters()) != CountersFormat.FILE_BYTES) {
            return new Told(values, true);
        }
        try (MappedFile map = env.storage().map(layout.counters())) {
            ByteBuffer bytes = map.buffer().order(ByteOrder.LITTLE_ENDIAN);
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                long before = bytes.getLong(CountersFormat.TICKET_OFFSET);
                VarHandle.loadLoadFence();
                if (bytes.getLong(CountersFormat.MAGIC_OFFSET) == CountersFormat.MAGIC
                        && bytes.getInt(CountersFormat.FORMAT_OFFSET) == CountersFormat.FORMAT) {
                    int count = Math.min(bytes.getInt(CountersFormat.COUNT_OFFSET), Counter.values().length);
                    for (int i = 0; i < count; i++) {
                        Counter counter = Counter.values()[i];
                        values.put(counter, bytes.getLong(CountersFormat.offset(counter)));
                    }
                }
                VarHandle.loadLoadFence();
                if ((before & 1) == 0 && bytes.getLong(CountersFormat.TICKET_OFFSET) == before) {
                    return new Told(values, true);
                }
            }
            return new Told(values, false);
        }
    }
}
