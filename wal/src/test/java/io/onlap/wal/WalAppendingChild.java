package io.onlap.wal;

import io.onlap.io.Env;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** A process that appends and prints each sequence once its frame is committed; every 500 frames a new generation. */
public final class WalAppendingChild {
    private WalAppendingChild() {}

    /** Appends as many frames as the second argument says below the root that the first names. */
    public static void main(String[] arguments) {
        long frames = Long.parseLong(arguments[1]);
        PrintStream out = System.out;
        try (Wal wal = WalFixture.create(Env.system(), Path.of(arguments[0]), 1, 1, List.of())) {
            for (long i = 1; i <= frames; i++) {
                WalFixture.append(wal.writer(), i, "batch " + i);
                out.println(i);
                if (i % 500 == 0) {
                    wal.writer().roll(wal.writer().generation() + 1);
                }
            }
            wal.forcer().force();
        }
    }
}
