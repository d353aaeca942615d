package io.onlap.manifest;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The one rule of what an operation means at a head: the change it makes there, nothing because it is in already, or why
 * it cannot be. No I/O and no memory of earlier heads, so the same rule serves the first attempt and each later one.
 *
 * <p>Threading: stateless.
 */
final class Rebase {
    private Rebase() {}

    /**
     * The change {@code operation} makes at {@code head}; empty if it is in already.
     *
     * @throws StorageException FENCED, CONFLICT or INVALID if its preconditions do not hold there
     */
    static Optional<Delta> onto(ManifestState head, Operation operation) {
        if (operation instanceof Operation.Open open) {
            return Optional.of(Delta.opened(open.owner()));
        } else if (operation instanceof Operation.Flush flush) {
            return flush(head, flush);
        } else if (operation instanceof Operation.CreateTable create) {
            return create(head, create);
        }
        throw new AssertionError(operation);
    }

    private static Optional<Delta> flush(ManifestState head, Operation.Flush flush) {
        if (flush.epoch() < head.epoch()) {
            throw new StorageException(
                    Kind.FENCED,
                    "another owner took over: epoch=" + flush.epoch() + ", headEpoch=" + head.epoch() + ", version="
                            + head.version());
        }
        if (flush.epoch() > head.epoch()) {
            throw new StorageException(
                    Kind.INVALID,
                    "epoch was never opened: epoch=" + flush.epoch() + ", headEpoch=" + head.epoch() + ", version="
                            + head.version());
        }
        List<SegmentFile> live = ofLiveTables(head, flush);
        if (flush.generation() <= head.flushedGeneration() && areIn(head, live)) {
            return Optional.empty();
        }
        if (flush.generation() != head.flushedGeneration() + 1) {
            throw new StorageException(
                    Kind.CONFLICT,
                    "not the next unflushed generation: expected=" + (head.flushedGeneration() + 1) + ", actual="
                            + flush.generation() + ", files="
                            + live.stream().map(SegmentFile::name).toList() + ", version=" + head.version());
        }
        if (flush.lastSequence() < head.lastSequence()) {
            throw new StorageException(
                    Kind.INVALID,
                    "sequence goes back: lastSequence=" + flush.lastSequence() + ", headLastSequence="
                            + head.lastSequence() + ", generation=" + flush.generation());
        }
        return Optional.of(
                Delta.flushed(new Delta.Flushed(flush.generation(), flush.lastSequence(), flush.bookmarks()), live));
    }

    /** The files whose table is not dropped: dropped rows are left out, the rest of the generation goes on. */
    private static List<SegmentFile> ofLiveTables(ManifestState head, Operation.Flush flush) {
        List<SegmentFile> live = new ArrayList<>();
        for (SegmentFile segment : flush.segments()) {
            if (head.table(segment.tableId()) != null) {
                live.add(segment);
            } else if (segment.tableId() >= head.nextTableId() || segment.tableId() < 1) {
                throw new StorageException(
                        Kind.INVALID,
                        "file of a table that never was: name=" + segment.name() + ", tableId=" + segment.tableId()
                                + ", nextTableId=" + head.nextTableId());
            }
        }
        return live;
    }

    private static boolean areIn(ManifestState head, List<SegmentFile> segments) {
        return segments.stream()
                .allMatch(segment -> head.table(segment.tableId()).contains(segment.name()));
    }

    private static Optional<Delta> create(ManifestState head, Operation.CreateTable create) {
        TableEntry present = head.table(create.path());
        if (present == null) {
            return Optional.of(Delta.created(new Delta.NewTable(head.nextTableId(), create.path(), create.schema())));
        }
        if (present.schema().equals(create.schema())) {
            return Optional.empty();
        }
        throw new StorageException(
                Kind.CONFLICT,
                "table exists with another schema: path=" + create.path() + ", expected=" + create.schema()
                        + ", actual=" + present.schema() + ", version=" + head.version());
    }
}
