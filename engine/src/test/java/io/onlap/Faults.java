package io.onlap;

import io.onlap.io.Env;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a check of a whole store finds wrong in it; empty if it is sound, whatever else the check tells. */
final class Faults {
    private Faults() {}

    static List<Inspection.Found> of(Path store) {
        return of(Env.system(), store);
    }

    static List<Inspection.Found> of(Env env, Path store) {
        List<Inspection.Found> faults = new ArrayList<>();
        Inspection.verify(env, store, found -> {
            if (found.fault()) {
                faults.add(found);
            }
        });
        return faults;
    }
}
