package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import org.junit.jupiter.api.Test;

class EngineSettingsTest {
    @Test
    void shouldRefuseARingThatOneArrayCannotHold() {
        EngineSettings settings = EngineSettings.defaults();
        StorageException refused = assertThrows(StorageException.class, () -> settings.withRing(1 << 20, 1 << 12));
        assertEquals(Kind.INVALID, refused.kind());
        assertEquals(
                "setting out of range: name=ringSlots * slotBytes, value=4294967296, min=1, max=1073741824",
                refused.getMessage());
    }
}
