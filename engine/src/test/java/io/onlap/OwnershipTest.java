package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnershipTest {
    @TempDir
    Path directory;

    @Test
    void shouldRefuseASecondOwnerNamingTheFirst() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            StorageException busy = assertThrows(StorageException.class, () -> Engine.open(directory));
            assertEquals(Kind.BUSY, busy.kind());
            assertTrue(
                    busy.getMessage().contains("pid " + ProcessHandle.current().pid()), busy::getMessage);
            Rows.putNow(engine, table, "a", 1);
            assertEquals(1, engine.stats().epoch());
        }
        Engine.open(directory).close();
    }

    @Test
    void shouldLetOneOfManyRacingOpensWin() throws Exception {
        ExecutorService openers = Executors.newFixedThreadPool(4);
        for (int round = 0; round < 10; round++) {
            List<Callable<Engine>> opens = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                opens.add(() -> {
                    try {
                        return Engine.open(directory);
                    } catch (StorageException e) {
                        assertEquals(Kind.BUSY, e.kind(), e::getMessage);
                        return null;
                    }
                });
            }
            List<Engine> winners = new ArrayList<>();
            for (Future<Engine> open : openers.invokeAll(opens)) {
                if (open.get() != null) {
                    winners.add(open.get());
                }
            }
            assertEquals(1, winners.size());
            winners.get(0).close();
        }
        openers.shutdown();
    }

    @Test
    void shouldRefuseForeignDirectoriesAndBadPlaces() throws IOException {
        Path foreign = Files.createDirectories(directory.resolve("foreign"));
        Files.writeString(foreign.resolve("letter.txt"), "not a store");
        StorageException refused = assertThrows(StorageException.class, () -> Engine.open(foreign));
        assertEquals(Kind.INVALID, refused.kind());
        assertEquals(List.of("letter.txt"), namesIn(foreign));
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertThrows(StorageException.class, () -> Engine.open(file));
        StorageException absent =
                assertThrows(StorageException.class, () -> Engine.openReadOnly(directory.resolve("absent")));
        assertEquals(Kind.NOT_FOUND, absent.kind());
        assertFalse(Files.exists(directory.resolve("absent")));
    }

    @Test
    void shouldRefuseANewerFormatBeforeTheEpochIsRaised() throws IOException {
        Engine.open(directory).close();
        Path format = directory.resolve("FORMAT");
        byte[] good = Files.readAllBytes(format);
        Files.writeString(format, new String(good, java.nio.charset.StandardCharsets.UTF_8).replaceAll("\\d+", "999"));
        StorageException refused = assertThrows(StorageException.class, () -> Engine.open(directory));
        assertEquals(Kind.INVALID, refused.kind(), refused::getMessage);
        assertTrue(refused.getMessage().contains("999"), refused::getMessage);
        Files.write(format, good);
        try (Engine engine = Engine.open(directory)) {
            assertEquals(2, engine.stats().epoch());
        }
    }

    @Test
    void shouldChangeNoByteButTheLeaseWhenOpenedReadOnly() throws IOException {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
            engine.flush();
            Rows.putNow(engine, table, "b", 2);
        }
        Map<String, byte[]> before = contents();
        try (Engine reader = Engine.openReadOnly(directory)) {
            assertEquals(Map.of("a", 1L, "b", 2L), Rows.scan(reader.table("t")));
            StorageException refused = assertThrows(StorageException.class, reader::writer);
            assertEquals(Kind.INVALID, refused.kind());
            reader.refresh();
        }
        Map<String, byte[]> after = contents();
        assertEquals(before.keySet(), after.keySet());
        before.forEach((name, bytes) -> assertTrue(java.util.Arrays.equals(bytes, after.get(name)), name));
    }

    @Test
    void shouldFailFastAfterClose() {
        Engine engine = Engine.open(directory);
        Table table = engine.createTable("t", Rows.SCHEMA);
        Writer writer = engine.writer();
        engine.close();
        engine.close();
        for (Runnable call : List.<Runnable>of(
                () -> Rows.put(writer, table, "a", 1), table::count, engine::flush, engine::writer, engine::view)) {
            assertEquals(
                    Kind.CLOSED, assertThrows(StorageException.class, call::run).kind());
        }
        assertEquals(Health.State.CLOSED, engine.health().state());
    }

    private static List<String> namesIn(Path path) throws IOException {
        try (Stream<Path> names = Files.list(path)) {
            return names.map(name -> name.getFileName().toString()).sorted().toList();
        }
    }

    private Map<String, byte[]> contents() throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                if (!path.startsWith(directory.resolve("leases"))) {
                    contents.put(directory.relativize(path).toString(), Files.readAllBytes(path));
                }
            }
        }
        return contents;
    }
}
