package io.onlap.io;

/**
 * What a component sees of the outer world: storage, clock and fail points, handed in so that tests can replace each.
 * The idea and the name are LevelDB's.
 */
public record Env(Storage storage, StoreClock clock, FailPoints failPoints) {
    /** The real machine, with no fail point armed. */
    public static Env system() {
        FailPoints failPoints = new FailPoints();
        return new Env(new LocalStorage(failPoints), StoreClock.system(), failPoints);
    }
}
