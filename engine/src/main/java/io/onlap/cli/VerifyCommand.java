package io.onlap.cli;

import io.onlap.Inspection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code verify}: reads everything, prints what it found, one finding per line: kind, file, place. Exits with 1 if one of them
 * is a fault.
 *
 * <p>Threading: one thread.
 */
@Command(name = "verify", description = "Reads everything and checks it.")
final class VerifyCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private StoreOptions store;

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        List<Inspection.Found> findings = new ArrayList<>();
        Inspection.verify(store.store(), findings::add);
        for (Inspection.Found found : findings) {
            console.out()
                    .line(
                            store.json()
                                    ? Json.object(
                                            "fault",
                                            found.fault(),
                                            "kind",
                                            found.what(),
                                            "file",
                                            found.file(),
                                            "detail",
                                            found.detail())
                                    : found.what() + " " + found.file() + ": " + found.detail());
        }
        long faults = findings.stream().filter(Inspection.Found::fault).count();
        console.hold("verify: faults=" + faults + ", notes=" + (findings.size() - faults));
        return faults == 0 ? Exits.DONE : Exits.FAULT;
    }
}
