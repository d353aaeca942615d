package io.onlap;

/**
 * Sizes and counts of an engine at one moment.
 *
 * @param manifestVersion newest known version of the store
 * @param epoch number of the owner that version knows
 * @param visibleSequence newest sequence that reads see
 * @param acknowledgedSequence newest acknowledged sequence
 * @param durableSequence newest sequence known to be forced
 * @param activeGeneration number of the generation that takes writes, 0 in a reader
 * @param flushedGeneration newest generation that is in segment files
 * @param sealedGenerations generations waiting for their flush
 * @param memoryBytes generations in memory and batches on their way
 * @param memoryBudgetBytes above this writers wait; 0 in a reader
 * @param allocatedBytes all native memory of the engine, views' and scans' included
 * @param walBytes size of the own log, 0 in a reader
 * @param tables number of tables
 * @param segmentFiles number of segment files, all tables
 * @param openSegmentFiles how many of them are mapped
 * @param stalls how often writers had to wait for memory
 * @param stalledNs how long they waited, nanoseconds
 * @param stalled do they wait now?
 * @param intentsLeft flushes whose intent could not be removed; the next owner does it
 */
public record EngineStats(
        long manifestVersion,
        long epoch,
        long visibleSequence,
        long acknowledgedSequence,
        long durableSequence,
        long activeGeneration,
        long flushedGeneration,
        int sealedGenerations,
        long memoryBytes,
        long memoryBudgetBytes,
        long allocatedBytes,
        long walBytes,
        int tables,
        long segmentFiles,
        int openSegmentFiles,
        long stalls,
        long stalledNs,
        boolean stalled,
        long intentsLeft) {}
