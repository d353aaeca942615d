package io.onlap.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseInterruptTest {
    @TempDir
    Path directory;

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void shouldKeepItsLockWhenItsThreadIsInterrupted() {
        Env env = Env.system();
        StoreLayout layout = new StoreLayout(directory);
        env.storage().createDirectories(layout.leases());
        try (Lease lease = Lease.take(env, layout, 1)) {
            Thread.currentThread().interrupt();
            lease.moveTo(2);
            assertTrue(Thread.interrupted(), "the interrupt is the caller's");
            lease.moveTo(3);
            assertEquals(3, Leases.list(env, layout).get(0).version());
        }
    }
}
