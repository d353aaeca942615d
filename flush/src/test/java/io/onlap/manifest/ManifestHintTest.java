package io.onlap.manifest;

import static io.onlap.manifest.Stores.SETTINGS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HINT may hold anything: the head found is the true one. */
final class ManifestHintTest {
    private static final int VERSIONS = 43;

    @TempDir
    Path store;

    private Path hint;
    private String expected;

    @BeforeEach
    void build() {
        Manifest manifest = Manifest.create(Stores.env(), store, SETTINGS);
        for (int i = 0; i < VERSIONS; i++) {
            manifest.commit(Stores.table("t" + i));
        }
        hint = manifest.layout().hint();
        expected = Stores.describe(manifest.head());
    }

    private void assertHeadFound() {
        Manifest opened = Manifest.open(Stores.env(), store, SETTINGS);
        assertEquals(VERSIONS, opened.head().version());
        assertEquals(expected, Stores.describe(opened.head()));
        assertEquals(0, opened.damagedCheckpoints());
    }

    private void write(long checkpoint) throws IOException {
        Files.write(hint, ManifestJson.seal(SealedJson.HINT, new ManifestLog.Hint(checkpoint)));
    }

    @Test
    void shouldNameTheNewestCheckpoint() throws IOException {
        byte[] written = Files.readAllBytes(hint);
        assertEquals(
                40,
                ManifestJson.open(hint, SealedJson.HINT, written, ManifestLog.Hint.class)
                        .checkpoint());
        assertHeadFound();
    }

    @Test
    void shouldFindHeadWhenHintIsMissing() throws IOException {
        Files.delete(hint);
        assertHeadFound();
    }

    @Test
    void shouldFindHeadWhenHintIsTooLowOrTooHighOrOfNoCheckpoint() throws IOException {
        for (long lie : new long[] {8, 16, 24, 32, 48, 1L << 40, Long.MAX_VALUE, 0, -8, Long.MIN_VALUE, 39, 41}) {
            write(lie);
            assertHeadFound();
        }
    }

    @Test
    void shouldFindHeadWhenHintIsTornOrGarbage() throws IOException {
        byte[] whole = Files.readAllBytes(hint);
        for (int bytes = 0; bytes < whole.length; bytes++) {
            Files.write(hint, Arrays.copyOf(whole, bytes));
            assertHeadFound();
        }
        for (String garbage : new String[] {"24", "\u0000\u0000", "{}", "null", "{\"onlap\":\"hint\",\"format\":9}"}) {
            Files.write(hint, garbage.getBytes(StandardCharsets.UTF_8));
            assertHeadFound();
        }
    }

    @Test
    void shouldFindHeadWhenHintIsBelowTheBoundary() throws IOException {
        Manifest manifest = Manifest.open(Stores.env(), store, SETTINGS);
        manifest.raiseBoundary(32);
        for (long version = 1; version < 32; version++) {
            Files.delete(manifest.layout().record(version));
        }
        Files.delete(manifest.layout().checkpoint(24)); // so that galloping from 8 ends before the boundary
        write(8);
        assertHeadFound();
        assertFalse(Files.exists(manifest.layout().record(31)));
    }
}
