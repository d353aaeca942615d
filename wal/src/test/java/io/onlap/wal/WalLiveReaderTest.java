package io.onlap.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader beside a live owner sees everything committed up to its opening, and never a hole. */
final class WalLiveReaderTest {
    @TempDir
    private Path root;

    private final AtomicLong cut = new AtomicLong(1);

    private final Env env = Env.system();

    @Test
    void shouldSeeAllThatWasCommittedBeforeItOpened() throws InterruptedException {
        AtomicLong committed = new AtomicLong();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            Thread loop = new Thread(() -> {
                try {
                    writeAndCut(wal, committed);
                } catch (RuntimeException e) {
                    failure.set(e);
                }
            });
            loop.start();
            int startedOver = 0;
            boolean more = true;
            while (more) {
                more = loop.isAlive();
                startedOver += readAll(committed.get()) ? 0 : 1;
            }
            loop.join();
            assertEquals(null, failure.get());
            assertTrue(readAll(30_000), "startedOver=" + startedOver);
        }
    }

    private void writeAndCut(Wal wal, AtomicLong committed) {
        for (long i = 1; i <= 30_000; i++) {
            WalFixture.append(wal.writer(), i, "batch " + i);
            committed.set(i);
            if (i % 1000 == 0) {
                wal.writer().roll(wal.writer().generation() + 1);
                wal.forcer().force();
                cut.set(wal.writer().generation() - 3);
                wal.truncateBefore(cut.get());
            }
        }
    }

    /**
     * False if the log was cut meanwhile: whoever reads beside an owner looks, after reading, at what was cut by then, since
     * the file of a generation that is cut is cleared and used again.
     */
    private boolean readAll(long committed) {
        long cutBefore = cut.get();
        try (WalReader reader = WalReader.open(env, root, epoch -> true)) {
            reader.skipBelow(cutBefore);
            List<String> faults = new ArrayList<>();
            long last = -1;
            while (reader.next()) {
                boolean follows = last < 0 || reader.sequence() == last + 1;
                last = reader.sequence();
                if (!follows
                        || !WalFixture.text(reader).equals("batch " + last)
                        || reader.generation() != 1 + (last - 1) / 1000) {
                    faults.add("generation=" + reader.generation() + ", sequence=" + last);
                }
            }
            if (cut.get() > cutBefore) {
                return false;
            }
            assertEquals(List.of(), faults);
            boolean none = last < 0;
            assertTrue(
                    last >= committed || (none && committed % 1000 == 0), "committed=" + committed + ", last=" + last);
            return true;
        } catch (StorageException e) {
            assertTrue(e.kind() == Kind.NOT_FOUND || cut.get() > cutBefore, e::getMessage);
            return false;
        }
    }

    @Test
    void shouldReadAllThatWasWrittenUntilItIsToldThatNobodyWrites() throws IOException {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "of an owner before");
        }
        List<WalEnd> ends = WalFixture.read(env, root).ends();
        try (Wal wal = WalFixture.create(env, root, 2, 2, ends)) {
            Files.delete(WalFixture.segment(root, 1, 1));
            WalFixture.append(wal.writer(), 2, "before the files were opened");
            LongPredicate diesNow = epoch -> {
                assertEquals(2, epoch);
                WalFixture.append(wal.writer(), 3, "before the answer");
                wal.writer().roll(3);
                WalFixture.append(wal.writer(), 4, "in a file that was not opened");
                return false;
            };
            List<String> read = new ArrayList<>();
            try (WalReader reader = WalReader.open(env, root, diesNow)) {
                assertEquals(List.of(WalFixture.segment(root, 2, 2)), reader.segments());
                while (reader.next()) {
                    read.add(WalFixture.text(reader));
                }
                assertEquals(null, reader.droppedTail());
            }
            assertEquals(List.of("before the files were opened", "before the answer"), read);
        }
    }

    @Test
    void shouldAskAboutTheNewestDirectoryAlone() {
        try (Wal first = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(first.writer(), 1, "a");
            try (Wal second = WalFixture.create(
                    env, root, 2, 2, WalFixture.read(env, root).ends())) {
                WalFixture.append(second.writer(), 2, "b");
                List<Long> asked = new ArrayList<>();
                WalReader.open(env, root, asked::add).close();
                assertEquals(List.of(2L), asked);
            }
        }
    }

    @Test
    void shouldLookBehindHoleForWhatIsKnownToBeWritten() {
        long second;
        long third;
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            second = wal.writer().segmentBytes();
            WalFixture.append(wal.writer(), 2, "b");
            third = wal.writer().segmentBytes();
            WalFixture.append(wal.writer(), 3, "c");
            Path segment = WalFixture.segment(root, 1, 1);
            WalFixture.damage(segment, second, new byte[Integer.BYTES]); // the document header before the frame
            WalFixture.damage(segment, third, new byte[Integer.BYTES]);
            assertEquals(List.of("a"), readLive(1, 1, second));
            assertEquals(List.of("a", "b"), readLive(2, 2, third));
            assertEquals(List.of("a", "b", "c"), readLive(3, 3, wal.writer().segmentBytes()));
            assertEquals(List.of("a", "b", "c"), readLive(4, 3, wal.writer().segmentBytes()));
            WalFixture.damage(segment, second, new byte[Integer.BYTES + FrameFormat.HEADER_BYTES]);
            assertEquals(List.of("a"), readLive(3, 1, second));
        }
    }

    /** The texts of the batches; it reaches {@code last} and {@code end} then. */
    private List<String> readLive(long expected, long last, long end) {
        List<String> read = new ArrayList<>();
        try (WalReader reader = WalReader.open(env, root, epoch -> true)) {
            reader.expect(expected);
            while (reader.next()) {
                read.add(WalFixture.text(reader));
            }
            assertEquals(last, reader.lastSequence());
            String place = "path=" + WalFixture.segment(root, 1, 1) + ", position=" + end;
            assertEquals(place, reader.describeEnd());
        }
        return read;
    }
}
