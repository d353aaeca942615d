package io.onlap.wal;

import io.onlap.io.Env;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** What the tests of the log share: writing batches of text and reading them back. Threading: one thread. */
final class WalFixture {
    static final WalSettings SMALL = new WalSettings(WalSettings.BLOCK_BYTES_MIN, WalSettings.ALLOCATE_BYTES_MIN);

    private WalFixture() {}

    /** What a whole read of a log gave. */
    record Contents(List<String> batches, List<WalEnd> ends, WalTail tail) {}

    static Wal create(Env env, Path root, long epoch, long generation, List<WalEnd> ends) {
        return Wal.create(env, root, epoch, generation, ends, SMALL);
    }

    /** One frame: a batch per text, the first of sequence {@code first}. */
    static void append(WalWriter writer, long first, String... texts) {
        writer.begin(first);
        for (String text : texts) {
            UnsafeBuffer batch = new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
            writer.add(batch, 0, batch.capacity());
        }
        writer.commit();
    }

    /** Every batch as {@code epoch/generation/sequence text}. */
    static Contents read(Env env, Path root, long skipBelow, boolean live) {
        try (WalReader reader = WalReader.open(env, root, epoch -> live)) {
            reader.skipBelow(skipBelow);
            List<String> batches = new ArrayList<>();
            while (reader.next()) {
                batches.add(reader.epoch() + "/" + reader.generation() + "/" + reader.sequence() + " " + text(reader));
            }
            return new Contents(batches, reader.ends(), reader.droppedTail());
        }
    }

    static Contents read(Env env, Path root) {
        return read(env, root, 0, false);
    }

    static String text(WalReader reader) {
        byte[] bytes = new byte[reader.length()];
        reader.buffer().getBytes(reader.offset(), bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static Path segment(Path root, long epoch, long generation) {
        return WalDirectories.of(root, epoch).resolve(SegmentNames.fileName(generation));
    }

    /** Overwrites bytes of a file. */
    static void damage(Path file, long offset, byte... bytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
