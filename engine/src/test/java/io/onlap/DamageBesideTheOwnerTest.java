package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hole in the log of a living owner is no end of it: who reads beside it is told CORRUPT with the place, or reads past it if
 * no row is missing. Its readers stop where nothing follows, and nothing is what a hole of zeros looks like.
 */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class DamageBesideTheOwnerTest {
    /** Of Chronicle's header, which lies before each frame. */
    private static final int DOCUMENT_HEADER_BYTES = 4;

    private static final int FRAME_HEADER_BYTES = 80;
    private static final int ROWS = 5;
    private static final long LAST_SEQUENCE = ROWS;

    @TempDir
    private Path directory;

    private final Env env = Env.system();
    private final Gate gate = new Gate();
    private Engine owner;
    private Engine reader;
    private final List<Inspection.WalFrame> frames = new ArrayList<>();

    /** Rows k0, k1, …, each in a frame of its own, and all of them told as acknowledged; a reader that has seen them. */
    @BeforeEach
    void write() {
        owner = Engine.open(directory, EngineSettings.defaults(), env);
        Table table = owner.createTable("t", Rows.SCHEMA);
        for (int i = 0; i < ROWS; i++) {
            assertEquals(i + 1, Rows.putNow(owner, table, "k" + i, i));
        }
        Told.awaitAcknowledged(directory, LAST_SEQUENCE);
        Inspection.walFrames(directory, frames::add);
        assertEquals(ROWS, frames.size());
        reader = Engine.openReadOnly(directory);
        assertEquals(ROWS, reader.table("t").count());
    }

    @AfterEach
    void close() {
        gate.open();
        reader.close();
        owner.close();
    }

    @Test
    void shouldBeCorruptWhereFrameInTheMiddleIsZero() {
        Inspection.WalFrame frame = frames.get(2);
        zero(frame.offset() - DOCUMENT_HEADER_BYTES, DOCUMENT_HEADER_BYTES + FRAME_HEADER_BYTES);
        assertCorrupt(assertThrows(StorageException.class, reader::refresh));
        assertCorrupt(assertThrows(StorageException.class, () -> Engine.openReadOnly(directory)));
    }

    private void assertCorrupt(StorageException damaged) {
        assertEquals(Kind.CORRUPT, damaged.kind(), damaged::getMessage);
        String place = "path=" + directory.resolve(frames.get(2).file()) + ", position=";
        assertTrue(damaged.getMessage().contains(place), damaged::getMessage);
    }

    @Test
    void shouldBeCorruptWhereTheBodyOfFrameInTheMiddleIsDamaged() {
        zero(frames.get(2).offset() + FRAME_HEADER_BYTES, 16);
        assertCorrupt(assertThrows(StorageException.class, reader::refresh));
    }

    @Test
    void shouldBeCorruptWhereAllFramesAreZeroFromTheMiddleOn() {
        zero(frames.get(2).offset() - DOCUMENT_HEADER_BYTES, 1 << 16);
        assertCorrupt(assertThrows(StorageException.class, reader::refresh));
    }

    @Test
    void shouldBeCorruptWhereSealedGenerationIsDamaged() {
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
        CompletableFuture<Long> flush = CompletableFuture.supplyAsync(owner::flush);
        gate.awaitReached();
        Told.awaitAcknowledged(directory, Rows.putNow(owner, owner.table("t"), "next generation", 1));
        zero(frames.get(2).offset() - DOCUMENT_HEADER_BYTES, DOCUMENT_HEADER_BYTES + FRAME_HEADER_BYTES);
        assertCorrupt(assertThrows(StorageException.class, reader::refresh));
        gate.open();
        flush.join();
        reader.refresh();
        assertEquals(ROWS + 1, reader.table("t").count());
    }

    @Test
    void shouldReadPastDocumentHeaderThatIsZero() {
        zero(frames.get(2).offset() - DOCUMENT_HEADER_BYTES, DOCUMENT_HEADER_BYTES);
        reader.refresh();
        assertEquals(Map.of("k0", 0L, "k1", 1L, "k2", 2L, "k3", 3L, "k4", 4L), Rows.scan(reader.table("t")));
    }

    @Test
    void shouldGoOnReadingWhatTheDamageDidNotMeet() {
        zero(frames.get(2).offset() - DOCUMENT_HEADER_BYTES, DOCUMENT_HEADER_BYTES + FRAME_HEADER_BYTES);
        assertThrows(StorageException.class, reader::refresh);
        assertEquals(ROWS, reader.table("t").count(), "of the last refresh");
        owner.flush();
        reader.refresh();
        assertEquals(ROWS, reader.table("t").count(), "the owner has the rows in memory, and in files now");
    }

    @Test
    void shouldBeFoundByVerify() {
        assertEquals(List.of(), Faults.of(directory));
        zero(frames.get(2).offset() - DOCUMENT_HEADER_BYTES, DOCUMENT_HEADER_BYTES + FRAME_HEADER_BYTES);
        List<Inspection.Found> faults = Faults.of(directory);
        assertEquals(1, faults.size(), faults::toString);
        assertEquals("CORRUPT", faults.get(0).what());
    }

    private void zero(long offset, int bytes) {
        try (FileChannel channel =
                FileChannel.open(directory.resolve(frames.get(0).file()), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(bytes), offset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
