package io.onlap;

import io.onlap.io.Env;
import io.onlap.manifest.StoreLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.agrona.BufferUtil;

/** What an owner tells in its file COUNTERS, as tests wait for it and put other things in its place. Threading: stateless. */
final class Told {
    private static final int TICKET_OF_WHOLE = 2;

    private Told() {}

    /** Waits until the owner has told that it acknowledged {@code sequence}. */
    static void awaitAcknowledged(Path directory, long sequence) {
        while (Inspection.counters(directory).getOrDefault(Counter.ACKNOWLEDGED_SEQUENCE, -1L) < sequence) {
            Thread.onSpinWait();
        }
    }

    /** Puts another file in the place of the owner's, which goes on to write its own. */
    static void replace(Path directory, Map<Counter, Long> values) {
        replace(directory, TICKET_OF_WHOLE, values);
    }

    /** As an owner leaves it that is killed in the midst of a writing. */
    static void replaceTorn(Path directory, Map<Counter, Long> values) {
        replace(directory, TICKET_OF_WHOLE + 1, values);
    }

    /** Of a program that knows no counter behind the last of {@code values}. */
    @SuppressWarnings("EnumOrdinal") // the order is the format
    private static void replace(Path directory, long ticket, Map<Counter, Long> values) {
        ByteBuffer file = ByteBuffer.allocate(CountersFormat.FILE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(CountersFormat.MAGIC_OFFSET, CountersFormat.MAGIC);
        file.putInt(CountersFormat.FORMAT_OFFSET, CountersFormat.FORMAT);
        file.putInt(
                CountersFormat.COUNT_OFFSET, Collections.max(values.keySet()).ordinal() + 1);
        file.putLong(CountersFormat.TICKET_OFFSET, ticket);
        values.forEach((counter, value) -> file.putLong(CountersFormat.offset(counter), value));
        Env.system().storage().replace(new StoreLayout(directory).counters(), file.array());
    }

    /** Tells what {@code owner} has acknowledged as fast as it goes, in a file in the place of its own. */
    @SuppressWarnings("EnumOrdinal") // the order is the format
    static void tellAtOnce(Path directory, Engine owner, BooleanSupplier ends) {
        replace(directory, Map.of(Counter.EPOCH, owner.stats().epoch(), Counter.ACKNOWLEDGED_SEQUENCE, 0L));
        Path file = new StoreLayout(directory).counters();
        MappedByteBuffer told = null;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            told = channel.map(FileChannel.MapMode.READ_WRITE, 0, CountersFormat.FILE_BYTES);
            told.order(ByteOrder.LITTLE_ENDIAN);
            for (long ticket = TICKET_OF_WHOLE; !ends.getAsBoolean(); ticket += 2) {
                EngineStats stats = owner.stats();
                told.putLong(CountersFormat.TICKET_OFFSET, ticket + 1);
                VarHandle.fullFence();
                told.putLong(CountersFormat.offset(Counter.ACKNOWLEDGED_SEQUENCE), stats.acknowledgedSequence());
                told.putLong(CountersFormat.offset(Counter.VISIBLE_SEQUENCE), stats.acknowledgedSequence());
                VarHandle.fullFence();
                told.putLong(CountersFormat.TICKET_OFFSET, ticket + 2);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            BufferUtil.free(told);
        }
    }
}
