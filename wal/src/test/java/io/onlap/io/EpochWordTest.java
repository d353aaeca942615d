package io.onlap.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The epoch word only rises, and every map of it shows the newest. */
final class EpochWordTest {
    @TempDir
    private Path directory;

    private final Storage storage = new LocalStorage(new FailPoints());

    @Test
    void shouldShowRaisedEpochInEveryMap() {
        Path file = directory.resolve("EPOCH");
        try (EpochWord old = EpochWord.open(storage, file);
                EpochWord next = EpochWord.open(storage, file)) {
            assertEquals(0, old.readWithFullFence());
            old.raise(1);
            next.raise(2);
            assertEquals(2, old.readWithFullFence());
            StorageException e = assertThrows(StorageException.class, () -> old.raise(2));
            assertEquals(Kind.FENCED, e.kind());
            assertEquals("epoch not raised: path=" + file + ", epoch=2, found=2", e.getMessage());
        }
        try (EpochWord again = EpochWord.open(storage, file)) {
            assertEquals(2, again.readWithFullFence());
        }
    }

    @Test
    void shouldRefuseFileOfOtherLength() throws IOException {
        Path file = Files.write(directory.resolve("EPOCH"), new byte[3]);
        StorageException e = assertThrows(StorageException.class, () -> EpochWord.open(storage, file));
        assertEquals("epoch word damaged: path=" + file + ", bytes=3", e.getMessage());
    }

    @Test
    void shouldFailInsteadOfTouchingUnmappedMemory() {
        EpochWord word = EpochWord.open(storage, directory.resolve("EPOCH"));
        word.close();
        word.close();
        assertThrows(IndexOutOfBoundsException.class, word::readWithFullFence);
    }
}
