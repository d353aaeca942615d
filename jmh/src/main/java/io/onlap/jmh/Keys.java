package io.onlap.jmh;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Renders the key of a number as {@link #LENGTH} ASCII characters: {@code agent-017/s0042/0000001234}, or random hex digits
 * and then the number. Different numbers have different keys, because each ends with its number.
 *
 * <p>Threading: immutable.
 */
final class Keys {
    /** Characters, all ASCII, of every key. */
    static final int LENGTH = 26;

    private static final int PREFIX_LENGTH = 16;
    private static final int SESSIONS = 1 << 12;
    private static final int SESSIONS_PER_AGENT = 16;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final long seed;
    private final KeyOrder order;
    private final byte[] prefixes = new byte[SESSIONS * PREFIX_LENGTH];

    Keys(long seed, KeyOrder order) {
        this.seed = seed;
        this.order = order;
        for (int session = 0; session < SESSIONS; session++) {
            String prefix = String.format(
                    Locale.ROOT, "agent-%03d/s%04d/", session / SESSIONS_PER_AGENT, session % SESSIONS_PER_AGENT);
            byte[] bytes = prefix.getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(bytes, 0, prefixes, session * PREFIX_LENGTH, PREFIX_LENGTH);
        }
    }

    /** Writes the key of {@code number}, which has at most ten digits, to the start of {@code target}. */
    void render(long number, byte[] target) {
        long hash = Mix.mix(seed ^ number);
        if (order == KeyOrder.SESSIONS) {
            int session = (int) (hash >>> 32) & (SESSIONS - 1);
            System.arraycopy(prefixes, session * PREFIX_LENGTH, target, 0, PREFIX_LENGTH);
        } else {
            for (int i = 0; i < PREFIX_LENGTH; i++) {
                target[i] = HEX[(int) (hash >>> (i << 2)) & 15];
            }
        }
        long rest = number;
        for (int i = LENGTH - 1; i >= PREFIX_LENGTH; i--) {
            long next = rest / 10;
            target[i] = (byte) ('0' + (rest - next * 10));
            rest = next;
        }
    }
}
