package io.onlap.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.Storage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.ArrayRun;
import io.onlap.memtable.ArrayRun.TestRow;
import io.onlap.memtable.KeyRange;
import io.onlap.memtable.RowBatch;
import io.onlap.memtable.RunCursor;
import io.onlap.memtable.TableSchema;
import io.onlap.memtable.TestVectors;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A write that fails anywhere says so, gives its memory back, and leaves nothing that reads as a segment. */
class SegmentFaultTest {
    private final Env env = Env.system();
    private final BufferAllocator allocator = new RootAllocator();
    private final TableSchema schema = TestVectors.texts();
    private final List<TestRow> rows = SegmentFixture.textRows(20_000);

    @TempDir
    Path directory;

    @AfterEach
    void closeAllocator() {
        allocator.close();
    }

    @Test
    void shouldLeaveNoReadableSegmentWhenAnyStepOfStorageFails() {
        SegmentFile good = SegmentFixture.write(env, allocator, directory, "good", schema, rows, 5_000);
        int step = 0;
        while (!writesWithFaultAt(step, good)) {
            step++;
        }
        // create, data writes, force; create, write, force of the sidecar; force of the directory; closes
        assertTrue(step >= 8, "steps=" + step);
    }

    /** Fails storage call {@code step}; true if there was no such call. */
    private boolean writesWithFaultAt(int step, SegmentFile good) {
        String name = "fault" + step;
        Faults faults = new Faults(step);
        Env faulty = new Env(faults.of(Storage.class, env.storage()), env.clock(), env.failPoints());
        try {
            SegmentFile written = SegmentFixture.write(faulty, allocator, directory, name, schema, rows, 5_000);
            assertEquals(good.checksum(), written.checksum());
            return true;
        } catch (StorageException e) {
            assertEquals(Kind.DISK_FULL, e.kind());
        }
        assertEquals(0, allocator.getAllocatedMemory());
        assertPartIsNotRead(name, good, "step=" + step);
        return false;
    }

    /** Opens {@code name} as if its record said what {@code good} says: wrong bytes must never be rows. */
    private void assertPartIsNotRead(String name, SegmentFile good, String message) {
        SegmentFile claimed = new SegmentFile(
                name,
                good.tableId(),
                good.schemaId(),
                good.minGeneration(),
                good.maxGeneration(),
                good.rows(),
                good.tombstones(),
                good.bytes(),
                good.minKey(),
                good.maxKey(),
                good.columns(),
                good.checksum());
        try (SegmentReader reader = SegmentReader.open(env, allocator, directory, claimed, schema)) {
            // Only forcing or closing failed: every byte is there.
            assertEquals(rows, ArrayRun.drain(reader.open(KeyRange.ALL, false, SegmentFixture.TEXT_COLUMNS)));
        } catch (StorageException e) {
            assertTrue(e.kind() == Kind.CORRUPT || e.kind() == Kind.NOT_FOUND, message + ": " + e.getMessage());
        }
    }

    @Test
    void shouldLeaveNoReadableSegmentWhenStoppedBetweenSteps() throws IOException {
        SegmentFile good = SegmentFixture.write(env, allocator, directory, "good", schema, rows, 5_000);
        for (FailPoint point : List.of(FailPoint.SEGMENT_HALF_WRITTEN, FailPoint.SEGMENT_BEFORE_SIDECAR)) {
            IllegalStateException killed = new IllegalStateException("killed at " + point);
            env.failPoints().arm(point, () -> {
                throw killed;
            });
            assertSame(
                    killed,
                    assertThrows(
                            IllegalStateException.class,
                            () -> SegmentFixture.write(env, allocator, directory, point.name(), schema, rows, 5_000)));
            env.failPoints().disarm(point);
            long bytes = Files.size(directory.resolve(point.name() + ".arrow"));
            assertEquals(point == FailPoint.SEGMENT_BEFORE_SIDECAR, bytes == good.bytes());
            assertTrue(bytes > 0);
            assertFalse(Files.exists(directory.resolve(point.name() + ".sidecar")));
            assertPartIsNotRead(point.name(), good, point.name());
        }
    }

    @Test
    void shouldRefuseWhenNameIsTaken() {
        SegmentFixture.write(env, allocator, directory, "a", schema, rows, 5_000);
        assertThrows(
                StorageException.class,
                () -> SegmentFixture.write(env, allocator, directory, "a", schema, rows, 5_000));
    }

    @Test
    void shouldGiveMemoryBackWhenSourceFails() {
        ArrayRun run = new ArrayRun(allocator, schema, 5, rows, 9_000, 0);
        StorageException broken = new StorageException(Kind.CORRUPT, "source broken: batch=1");
        try (RunCursor cursor = run.open(KeyRange.ALL, false, SegmentFixture.TEXT_COLUMNS)) {
            RunCursor failing = new RunCursor() {
                private boolean first = true;

                @Override
                public boolean next() {
                    if (first) {
                        first = false;
                        return cursor.next();
                    }
                    throw broken;
                }

                @Override
                public RowBatch batch() {
                    return cursor.batch();
                }

                @Override
                public void close() {}
            };
            assertSame(
                    broken,
                    assertThrows(
                            StorageException.class,
                            () -> SegmentWriter.write(
                                    env, allocator, directory, SegmentFixture.target("a", schema), failing)));
        }
    }

    /** Storage whose call number {@code step} fails, a write after half its bytes. Threading: one thread. */
    private static final class Faults {
        private int left;

        private Faults(int step) {
            this.left = step;
        }

        private <T> T of(Class<T> type, T real) {
            return type.cast(
                    Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                        if (!method.getName().equals("position") && left-- == 0) {
                            fail(real, method, arguments);
                        }
                        Object result = call(real, method, arguments);
                        return result instanceof Storage.OutputFile file ? of(Storage.OutputFile.class, file) : result;
                    }));
        }

        private static void fail(Object real, Method method, Object[] arguments) throws Throwable {
            if (method.getName().equals("write")) {
                ByteBuffer bytes = (ByteBuffer) arguments[0];
                bytes.limit(bytes.position() + bytes.remaining() / 2);
                call(real, method, arguments);
            } else if (method.getName().equals("close")) {
                call(real, method, arguments);
            }
            throw new StorageException(Kind.DISK_FULL, "no room: method=" + method.getName());
        }

        private static Object call(Object real, Method method, Object[] arguments) throws Throwable {
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }
}
