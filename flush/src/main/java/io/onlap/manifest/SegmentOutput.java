package io.onlap.manifest;

import io.onlap.io.Storage.OutputFile;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowFooter;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * An Arrow IPC file being written: magic, schema, batches, footer. Message headers are padded so that every batch body, and
 * with padded buffers every buffer, starts at a multiple of 64; Arrow's own file writer aligns to 8 only.
 *
 * <pre>
 *   "ARROW1" 00 00 | schema message | batch 0 | batch 1 | … | end mark | footer | footer length | "ARROW1"
 *   '--- frame crc ----------------'  own crc   own crc       '------- frame crc -----------------------'
 * </pre>
 *
 * <p>Checksums are taken of the bytes handed in, not read back. Small writes are collected; {@link #finish} writes the rest.
 *
 * <p>Threading: one thread.
 */
final class SegmentOutput implements WritableByteChannel {
    private static final byte[] MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);
    private static final int ALIGNMENT = 64;
    private static final int PREFIX_BYTES = 8;
    private static final int COLLECTED_BYTES_MAX = 64 << 10;

    private final OutputFile file;
    private final Schema schema;
    private final WriteChannel out = new WriteChannel(this);
    private final ByteBuffer collected = ByteBuffer.allocateDirect(COLLECTED_BYTES_MAX);
    private final CRC32C frameCrc = new CRC32C();
    private final CRC32C batchCrc = new CRC32C();
    private final List<ArrowBlock> blocks = new ArrayList<>();
    private CRC32C crc = frameCrc;

    /** Where a batch lies, message header included. Threading: immutable. */
    record Batch(long offset, int length, int crc) {}

    /** Starts the file with magic and schema. */
    SegmentOutput(OutputFile file, Schema schema) {
        this.file = file;
        this.schema = schema;
        try {
            out.write(MAGIC);
            out.align();
            MessageSerializer.serialize(out, schema);
        } catch (IOException e) {
            throw unexpected(e);
        }
    }

    /** Appends a batch whose buffers are padded to multiples of 64. */
    Batch write(ArrowRecordBatch batch) {
        long start = out.getCurrentPosition();
        ByteBuffer message = MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT);
        int unpadded = PREFIX_BYTES + message.remaining();
        int padding = (int) (-(start + unpadded) & (ALIGNMENT - 1));
        long length = unpadded + padding + batch.computeBodyLength();
        if (start + length > Integer.MAX_VALUE - COLLECTED_BYTES_MAX) {
            throw new StorageException(
                    Kind.INVALID,
                    "segment file too large: bytes=" + (start + length) + ", bytesMax="
                            + (Integer.MAX_VALUE - COLLECTED_BYTES_MAX));
        }
        batchCrc.reset();
        crc = batchCrc;
        try {
            out.writeIntLittleEndian(MessageSerializer.IPC_CONTINUATION_TOKEN);
            out.writeIntLittleEndian(unpadded + padding - PREFIX_BYTES);
            out.write(message);
            out.writeZeros(padding);
            long bodyLength = MessageSerializer.writeBatchBuffers(out, batch);
            blocks.add(new ArrowBlock(start, unpadded + padding, bodyLength));
        } catch (IOException e) {
            throw unexpected(e);
        }
        crc = frameCrc;
        return new Batch(start, (int) (out.getCurrentPosition() - start), (int) batchCrc.getValue());
    }

    /** Ends the file and hands the last bytes to it, not yet forced. */
    void finish() {
        try {
            out.writeIntLittleEndian(MessageSerializer.IPC_CONTINUATION_TOKEN);
            out.writeIntLittleEndian(0);
            long footerStart = out.getCurrentPosition();
            out.write(new ArrowFooter(schema, List.of(), blocks), false);
            out.writeIntLittleEndian((int) (out.getCurrentPosition() - footerStart));
            out.write(MAGIC);
        } catch (IOException e) {
            throw unexpected(e);
        }
        writeCollected();
    }

    /** Bytes so far. */
    long bytes() {
        return out.getCurrentPosition();
    }

    /** Checksum of what lies before the first and after the last batch. */
    int frameCrc() {
        return (int) frameCrc.getValue();
    }

    /** Hands everything written so far to the file. */
    void writeCollected() {
        collected.flip();
        if (collected.hasRemaining()) {
            file.write(collected);
        }
        collected.clear();
    }

    @Override
    public int write(ByteBuffer source) {
        int bytes = source.remaining();
        crc.update(source.duplicate());
        if (bytes > collected.remaining()) {
            writeCollected();
        }
        if (bytes >= COLLECTED_BYTES_MAX / 4) {
            writeCollected();
            file.write(source);
        } else {
            collected.put(source);
        }
        return bytes;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    /** Does nothing: the file belongs to whoever created it. */
    @Override
    public void close() {}

    private static StorageException unexpected(IOException cause) {
        return new StorageException(Kind.FATAL, "Arrow file not written: reason=" + cause.getMessage(), cause);
    }
}
