package io.onlap.cli;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads options that name columns, a comma between two of them.
 *
 * <p>Threading: stateless.
 */
final class ColumnNames {
    private ColumnNames() {}

    /**
     * The names in all {@code values} of an option; null if it was not given.
     *
     * @throws StorageException INVALID for an empty name, which a comma too many makes
     */
    static List<String> parse(String option, List<String> values) {
        if (values == null) {
            return null;
        }
        List<String> names = new ArrayList<>();
        for (String value : values) {
            for (String name : value.split(",", -1)) {
                if (name.isEmpty()) {
                    throw new StorageException(
                            Kind.INVALID, "empty column name: option=" + option + ", value=" + value);
                }
                names.add(name);
            }
        }
        return names;
    }
}
