package io.onlap;

/**
 * The file {@code COUNTERS}, which an owner maps and writes and anybody reads, little-endian:
 *
 * <pre>
 *    0        8        12        16       24          24 + 8 n
 *   ┌────────┬────────┬─────────┬────────┬───────────┬─────┐
 *   │ magic  │ format │ counters│ ticket │ counter 0 │ …   │   to FILE_BYTES
 *   └────────┴────────┴─────────┴────────┴───────────┴─────┘
 * </pre>
 *
 * <p>The ticket is odd while the counters are being written and grows with each writing: who reads the same even ticket
 * before and after has numbers of one moment. It is never forced and has no checksum: what is read, written and recovered
 * does not depend on it; readers beside the owner only find damage by it ({@link Acknowledged}).
 *
 * <p>Threading: constants.
 */
final class CountersFormat {
    /** {@code ONLAPCNT}. */
    static final long MAGIC = 0x54_4e_43_50_41_4c_4e_4fL;

    static final int FORMAT = 1;
    static final int MAGIC_OFFSET = 0;
    static final int FORMAT_OFFSET = 8;
    static final int COUNT_OFFSET = 12;
    static final int TICKET_OFFSET = 16;
    static final int COUNTERS_OFFSET = 24;
    static final int FILE_BYTES = 1_024;

    private CountersFormat() {}

    @SuppressWarnings("EnumOrdinal") // the order is the format: Counter says so
    static int offset(Counter counter) {
        return COUNTERS_OFFSET + counter.ordinal() * Long.BYTES;
    }
}
