package io.onlap.manifest;

import static io.onlap.manifest.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Intents are durable notes; one that cannot be read is refused and kept. */
final class IntentsTest {
    @TempDir
    Path store;

    private final Env env = Stores.env();
    private Intents intents;
    private Path foreign;

    @BeforeEach
    void create() {
        StoreLayout layout = Manifest.create(env, store).layout();
        intents = new Intents(env, layout);
        foreign = layout.intents().resolve("foreign.json");
    }

    @Test
    void shouldListWhatWasWrittenUntilItIsRemoved() throws IOException {
        Intent flush = new Intent("a-1", "FLUSH", 3, null, List.of("s1", "s2"));
        Intent rewrite = new Intent("b-2", "REWRITE", 0, "lease-1", List.of());
        intents.write(rewrite);
        intents.write(flush);
        Files.createFile(foreign.resolveSibling(".tmp-x"));
        assertEquals(List.of(flush, rewrite), intents.list());
        assertFails(Kind.FATAL, () -> intents.write(flush));
        intents.remove("a-1");
        intents.remove("a-1");
        assertEquals(List.of(rewrite), intents.list());
    }

    @Test
    void shouldRefuseAndKeepOneWithBrokenJson() throws IOException {
        byte[] whole = ManifestJson.seal(SealedJson.INTENT, new Intent("a", "FLUSH", 1, null, List.of("s")));
        for (byte[] broken : List.of(
                new byte[0],
                "{\"id\":".getBytes(StandardCharsets.UTF_8),
                Arrays.copyOf(whole, whole.length - 5),
                SealedJson.seal(SealedJson.INTENT, "{\"id\":".getBytes(StandardCharsets.UTF_8)))) {
            Files.write(foreign, broken);
            assertTrue(assertFails(Kind.CORRUPT, intents::list).getMessage().contains("path=" + foreign));
            assertTrue(Files.exists(foreign));
        }
    }

    @Test
    void shouldRefuseAndKeepOneOfANewerFormat() throws IOException {
        Files.writeString(foreign, "{\"onlap\":\"intent\",\"format\":2,\"plan\":[]}\n");
        assertEquals(
                "newer format: path=" + foreign + ", format=2, formatMax=1",
                assertFails(Kind.INVALID, intents::list).getMessage());
        assertTrue(Files.exists(foreign));
    }

    @Test
    void shouldRefuseNamesThatLeaveTheDirectory() {
        assertEquals(
                "bad file name: name=../s",
                assertFails(Kind.INVALID, () -> new Intent("a", "FLUSH", 1, null, List.of("../s")))
                        .getMessage());
        assertFails(Kind.INVALID, () -> new Intent("a/b", "FLUSH", 1, null, List.of()));
    }
}
