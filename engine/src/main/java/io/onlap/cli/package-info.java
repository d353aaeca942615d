/**
 * The command line: a picocli front that uses only the door of the engine.
 *
 * <pre>
 *   ingest  LineReader → LineParser → LineValues → RowBuilder of the door
 *   scan    Arrow batches of the door → RowsOutput (ndjson, csv, table, arrow) → stdout
 * </pre>
 */
package io.onlap.cli;
