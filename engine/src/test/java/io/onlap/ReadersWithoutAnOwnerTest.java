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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where no owner lives, a read-only engine judges the end of the log by the same rule as the next owner will. */
class ReadersWithoutAnOwnerTest {
    /** Of Chronicle's header, which lies before each frame. */
    private static final int DOCUMENT_HEADER_BYTES = 4;

    private static final int FRAME_BYTES_OF_EACH = 64;
    private static final int ROUNDS_MAX = 100;

    @TempDir
    Path directory;

    @Test
    void shouldReadPastDocumentHeaderThatIsZero() throws IOException {
        List<Inspection.WalFrame> frames = write(Durability.PROCESS);
        zero(frames.get(1).file(), frames.get(1).offset() - DOCUMENT_HEADER_BYTES, DOCUMENT_HEADER_BYTES);
        try (Engine reader = Engine.openReadOnly(directory)) {
            assertEquals(Map.of("k0", 0L, "k1", 1L, "k2", 2L), Rows.scan(reader.table("t")));
            assertEquals(Optional.empty(), reader.droppedTail());
        }
    }

    @Test
    void shouldTellOfTailThatItDropped() throws IOException {
        List<Inspection.WalFrame> frames = write(Durability.PROCESS);
        destroy(frames.get(1));
        String told;
        try (Engine reader = Engine.openReadOnly(directory)) {
            assertEquals(Map.of("k0", 0L), Rows.scan(reader.table("t")));
            told = reader.droppedTail().orElseThrow();
        }
        try (Engine owner = Engine.open(directory)) {
            assertEquals(Map.of("k0", 0L), Rows.scan(owner.table("t")));
            assertEquals(told, owner.droppedTail().orElseThrow(), "reader and next owner judge alike");
            try (Engine reader = Engine.openReadOnly(directory)) {
                assertEquals(Optional.empty(), reader.droppedTail(), "settled by the owner that dropped it");
            }
        }
    }

    @Test
    void shouldBeCorruptWhenDamageLiesBelowWhatWasForced() throws IOException {
        List<Inspection.WalFrame> frames = write(Durability.POWER);
        destroy(frames.get(1));
        StorageException damaged = assertThrows(StorageException.class, () -> Engine.openReadOnly(directory));
        assertEquals(Kind.CORRUPT, damaged.kind(), damaged::getMessage);
        String place = directory.resolve(frames.get(1).file()).toString();
        assertTrue(damaged.getMessage().contains(place), damaged::getMessage);
    }

    @Test
    void shouldTellOfTailAtRefreshWhenItsOwnerIsGone() throws IOException {
        List<Inspection.WalFrame> frames = new ArrayList<>();
        Engine owner = Engine.open(directory);
        Table table = owner.createTable("t", Rows.SCHEMA);
        Rows.putNow(owner, table, "k0", 0);
        Rows.putNow(owner, table, "k1", 1);
        Inspection.walFrames(directory, frames::add);
        try (Engine reader = Engine.openReadOnly(directory)) {
            assertEquals(2, reader.table("t").count());
            owner.close();
            destroy(frames.get(1));
            reader.refresh();
            assertEquals(1, reader.table("t").count());
            assertTrue(reader.droppedTail().isPresent());
        }
    }

    @Test
    void shouldReadWhatItsOwnerWroteBehindTheOpeningBeforeItClosed() {
        Engine owner = Engine.open(directory);
        Table table = owner.createTable("t", Rows.SCHEMA);
        Rows.putNow(owner, table, "k0", 0);
        Env readerEnv = Env.system();
        readerEnv.failPoints().arm(FailPoint.READER_BEFORE_ASKING, () -> {
            Rows.putNow(owner, table, "k1", 1);
            owner.close();
        });
        try (Engine reader = Engine.openReadOnly(directory, readerEnv)) {
            assertEquals(Map.of("k0", 0L, "k1", 1L), Rows.scan(reader.table("t")));
            assertEquals(Optional.empty(), reader.droppedTail());
        }
    }

    /** The file it has open is then one of a later generation: no frame of it is of the one it was opened for. */
    @Test
    void shouldTellOfNoTailWhereItsOwnerUsedTheFileAgainBeforeItClosed() throws IOException {
        Engine owner = Engine.open(directory);
        Table table = owner.createTable("t", Rows.SCHEMA);
        Rows.putNow(owner, table, "k0", 0);
        Object opened = newestSegment();
        Env readerEnv = Env.system();
        readerEnv.failPoints().arm(FailPoint.READER_BEFORE_ASKING, () -> {
            readerEnv.failPoints().disarm(FailPoint.READER_BEFORE_ASKING);
            int rounds = 0;
            do {
                assertTrue(++rounds < ROUNDS_MAX, "the file was never used again");
                owner.flush();
                Rows.putNow(owner, table, "k" + rounds, rounds);
            } while (!newestSegment().equals(opened));
            owner.close();
        });
        try (Engine reader = Engine.openReadOnly(directory, readerEnv)) {
            assertEquals(0L, Rows.get(reader.table("t"), "k0"));
            assertEquals(Optional.empty(), reader.droppedTail());
        }
    }

    /** Which file it is, whatever its name. */
    private Object newestSegment() {
        List<Inspection.WalFrame> frames = new ArrayList<>();
        Inspection.walFrames(directory, frames::add);
        Path segment = directory.resolve(frames.get(frames.size() - 1).file());
        try {
            return Files.readAttributes(segment, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Three rows, each in a frame of its own and as durable as asked. */
    private List<Inspection.WalFrame> write(Durability durability) {
        List<Inspection.WalFrame> frames = new ArrayList<>();
        EngineSettings settings = EngineSettings.defaults().withDurability(durability);
        try (Engine engine = Engine.open(directory, settings);
                Writer writer = engine.writer()) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            for (int i = 0; i < 3; i++) {
                writer.awaitDurable(Rows.put(writer, table, "k" + i, i));
            }
            Inspection.walFrames(directory, frames::add);
        }
        assertEquals(3, frames.size());
        return frames;
    }

    private void destroy(Inspection.WalFrame frame) throws IOException {
        zero(frame.file(), frame.offset() - DOCUMENT_HEADER_BYTES, DOCUMENT_HEADER_BYTES + FRAME_BYTES_OF_EACH);
    }

    private void zero(String file, long offset, int bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(directory.resolve(file), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(bytes), offset);
        }
    }
}
