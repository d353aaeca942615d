package io.onlap.cli;

import io.onlap.memtable.Column;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Writes rows as an Arrow IPC stream. Written message by message, because the library's own stream writer is tied to one root
 * and a scan may hand out several.
 *
 * <p>Threading: one thread.
 */
final class ArrowWriter implements RowsOutput {
    private final WriteChannel channel;

    ArrowWriter(List<Column> columns, OutputStream out) throws IOException {
        this.channel = new WriteChannel(Channels.newChannel(out));
        MessageSerializer.serialize(
                channel, new Schema(columns.stream().map(Column::field).toList()));
    }

    @Override
    public void write(VectorSchemaRoot batch) throws IOException {
        try (ArrowRecordBatch record = new VectorUnloader(batch).getRecordBatch()) {
            MessageSerializer.serialize(channel, record);
        }
    }

    @Override
    public void end() throws IOException {
        ArrowStreamWriter.writeEndOfStream(channel, IpcOption.DEFAULT);
    }
}
