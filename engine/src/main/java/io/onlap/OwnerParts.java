package io.onlap;

import io.onlap.io.Env;
import io.onlap.io.EpochWord;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.Manifest;
import io.onlap.memtable.SchemaLookup;

/**
 * What the threads of an owner share.
 *
 * <p>Threading: immutable; each part says itself who may call it.
 *
 * @param epoch this owner's number; the epoch word holds it while the ownership lasts
 * @param acknowledged newest sequence that is in the log, published, and was written by the owner
 * @param durable newest sequence that is forced
 * @param flushed newest generation that is in the manifest
 * @param callbacks completes the futures of the marks
 * @param fullDisk what waits for room on the disk
 */
record OwnerParts(
        Env env,
        EngineSettings settings,
        Manifest manifest,
        EpochWord epochWord,
        long epoch,
        RowMemory memory,
        MemoryBudget budget,
        Poison poison,
        Watermark acknowledged,
        Watermark durable,
        Watermark flushed,
        Callbacks callbacks,
        FullDisk fullDisk) {
    /** Schemas as rows name them; a table is in the manifest before its first row is in the log. */
    SchemaLookup schemas() {
        return (tableId, schemaId) -> manifest.head().schema(tableId, schemaId);
    }

    /**
     * Is this still the owner? Asked behind a full fence before every acknowledgement: a successor raises the epoch word
     * before its final scan of the log, so either that scan sees what was written before the fence, or this sees the word.
     *
     * @throws StorageException FENCED
     */
    void checkOwner() {
        StorageException fenced = fencedOrNull();
        if (fenced != null) {
            throw fenced;
        }
    }

    /** FENCED if another owner has taken over, else null. */
    StorageException fencedOrNull() {
        long current = epochWord.readWithFullFence();
        return current == epoch
                ? null
                : new StorageException(
                        Kind.FENCED, "another owner has taken over: epoch=" + epoch + ", currentEpoch=" + current);
    }

    /** Lets every waiter see the poison. */
    void wakeWaiters() {
        acknowledged.wake();
        durable.wake();
        flushed.wake();
    }
}
