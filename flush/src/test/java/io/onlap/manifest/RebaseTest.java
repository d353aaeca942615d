package io.onlap.manifest;

import static io.onlap.manifest.Stores.assertFails;
import static io.onlap.manifest.Stores.flush;
import static io.onlap.manifest.Stores.segment;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException.Kind;
import io.onlap.io.StoreClock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcollections.HashTreePMap;

/** What each operation means at a given head. */
final class RebaseTest {
    /** Epoch 2, generation 5 flushed up to sequence 50; table 2 lives, tables 1 and 3 are dropped. */
    private static ManifestState head(SegmentFile... segments) {
        TableEntry table = TableEntry.empty(2, "t", Stores.schema(), 1);
        for (SegmentFile segment : segments) {
            table = table.plus(segment);
        }
        return new ManifestState(
                new ManifestState.Stamp(9, "c9", new StoreClock.Instant(1, "b", 1)),
                2,
                5,
                50,
                HashTreePMap.empty(),
                Namespace.EMPTY.with(table).withNextTableId(4));
    }

    @Test
    void shouldLeaveOutFilesOfDroppedTables() {
        Delta delta = Rebase.onto(head(), flush(2, 6, segment("a", 1, 6), segment("b", 2, 6), segment("c", 3, 6)))
                .orElseThrow();
        assertEquals(List.of(segment("b", 2, 6)), delta.segments());
        assertEquals(6, delta.flushed().generation());
    }

    @Test
    void shouldRefuseAFileOfATableThatNeverWas() {
        assertEquals(
                "file of a table that never was: name=a, tableId=4, nextTableId=4",
                assertFails(Kind.INVALID, () -> Rebase.onto(head(), flush(2, 6, segment("a", 4, 6))))
                        .getMessage());
    }

    @Test
    void shouldBeInOnlyWhenItsOwnFilesAre() {
        ManifestState head = head(segment("mine", 2, 5));
        assertTrue(Rebase.onto(head, flush(2, 5, segment("mine", 2, 5), segment("gone", 1, 5)))
                .isEmpty());
        assertTrue(Rebase.onto(head, flush(2, 5)).isEmpty());
        assertFails(Kind.CONFLICT, () -> Rebase.onto(head, flush(2, 5, segment("twin", 2, 5))));
        assertFails(Kind.FENCED, () -> Rebase.onto(head, flush(1, 5, segment("mine", 2, 5))));
    }

    @Test
    void shouldRefuseToSkipAGenerationOrGoBackInSequence() {
        assertEquals(
                "not the next unflushed generation: expected=6, actual=7, files=[], version=9",
                assertFails(Kind.CONFLICT, () -> Rebase.onto(head(), flush(2, 7)))
                        .getMessage());
        Operation.Flush back = new Operation.Flush(2, 6, 49, Map.of(), List.of());
        assertFails(Kind.INVALID, () -> Rebase.onto(head(), back));
        assertFails(Kind.INVALID, () -> Rebase.onto(head(), flush(3, 6)));
    }

    @Test
    void shouldRefuseAFileOfAnotherGeneration() {
        assertFails(Kind.INVALID, () -> flush(1, 2, segment("a", 1, 3)));
        assertFails(Kind.INVALID, () -> flush(1, 2, segment("../a", 1, 2)));
    }

    @Test
    void shouldNeverReuseTheIdOfADroppedTable() {
        Delta delta = Rebase.onto(head(), Stores.table("new")).orElseThrow();
        assertEquals(4, delta.tables().get(0).tableId());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/a", "a/", "a//b", "a/./b", "..", "a/..", "a\tb", "a\\b", "\ud800"})
    void shouldRefuseBadPaths(String path) {
        assertTrue(assertFails(Kind.INVALID, () -> Stores.table(path))
                .getMessage()
                .startsWith("bad table path: path=" + path));
    }

    @Test
    void shouldLimitPaths() {
        assertFails(Kind.INVALID, () -> Stores.table("a".repeat(1_025)));
        assertFails(Kind.INVALID, () -> Stores.table("a/".repeat(64) + "a"));
        assertEquals("a/…/ü 😀", Stores.table("a/…/ü 😀").path());
    }
}
