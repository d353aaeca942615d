/**
 * The write-ahead log: the only room that knows Chronicle Queue.
 *
 * <pre>
 *   wal/00000000000000000007/        one directory per epoch, only its own owner ever appends there
 *       19700101-000041G.cq4         one segment per generation (here 41): START frame, then frames of batches
 *       19700101-000042G.cq4
 *       metadata.cq4t                Chronicle's own, never read back
 *
 *   write loop   {@link io.onlap.wal.WalWriter}  begin, add…, commit          → PROCESS-durable
 *   force thread {@link io.onlap.wal.WalForcer}  force unforced segments, oldest first → POWER-durable
 *   recovery     {@link io.onlap.wal.WalReader}  plain reads of checksummed frames, directory by directory
 * </pre>
 *
 * Chronicle gives the fastest known append into a mapped file and a record that is invisible until complete. It gives no
 * checksum, no durability, no room ahead of a full disk and no recovery one could trust, so those are ours: see
 * {@link io.onlap.wal.FrameFormat}.
 */
package io.onlap.wal;
