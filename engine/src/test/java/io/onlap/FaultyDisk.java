package io.onlap;

import io.onlap.io.Env;
import io.onlap.io.FailPoints;
import io.onlap.io.FaultStorage;
import io.onlap.io.LocalStorage;
import io.onlap.io.StoreClock;

/**
 * The real machine, but its disk fails where a test says; sound until then.
 *
 * <p>Threading: any thread.
 *
 * @param storage told what fails
 * @param failPoints of the storage and of whoever is given {@code env}
 * @param env to be opened with
 */
record FaultyDisk(FaultStorage storage, FailPoints failPoints, Env env) {
    static FaultyDisk sound() {
        FailPoints failPoints = new FailPoints();
        FaultStorage storage = new FaultStorage(new LocalStorage(failPoints));
        return new FaultyDisk(storage, failPoints, new Env(storage, StoreClock.system(), failPoints));
    }
}
