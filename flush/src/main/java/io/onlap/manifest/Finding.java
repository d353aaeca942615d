package io.onlap.manifest;

import io.onlap.io.StorageException;

/**
 * Something that reading a whole store brought up.
 *
 * <p>Threading: immutable.
 *
 * @param fault is data lost or a law broken? Else it is a note: a leftover that recovery or the reaper deals with
 * @param what kind of thing, in a word
 * @param file what it is about, as a path within the store
 * @param detail place and values
 */
public record Finding(boolean fault, String what, String file, String detail) {
    public static Finding fault(String file, StorageException failure) {
        return new Finding(true, failure.kind().name(), file, failure.getMessage());
    }

    public static Finding fault(String what, String file, String detail) {
        return new Finding(true, what, file, detail);
    }

    public static Finding note(String file, String detail) {
        return new Finding(false, "NOTE", file, detail);
    }
}
