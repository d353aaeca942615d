package io.onlap.manifest;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The syntax of names. A table path is names between single slashes, {@code agents/ada/turns}: no name is empty, {@code .}
 * or {@code ..}, none holds a control character, a backslash or half a surrogate pair. A file name is plain ASCII, so that
 * it is one name in one directory on every system.
 *
 * <p>Threading: stateless.
 */
public final class Names {
    static final int PATH_BYTES_MAX = 1_024;
    static final int DEPTH_MAX = 64;

    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");

    private Names() {}

    /**
     * Is that the path of a table?
     *
     * @throws StorageException INVALID naming the path and what is wrong with it
     */
    public static void checkPath(String path) {
        if (path == null || path.isEmpty()) {
            throw invalid(path, "empty");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
            throw invalid(path, "no valid Unicode");
        }
        int bytes = path.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > PATH_BYTES_MAX) {
            throw invalid(path, "too long: bytes=" + bytes + ", bytesMax=" + PATH_BYTES_MAX);
        }
        if (path.chars().anyMatch(c -> Character.isISOControl(c) || c == '\\')) {
            throw invalid(path, "control character or backslash");
        }
        int depth = 0;
        int start = 0;
        while (start <= path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            String name = path.substring(start, end);
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                throw invalid(path, "a name is empty, '.' or '..'");
            }
            depth++;
            start = end + 1;
        }
        if (depth > DEPTH_MAX) {
            throw invalid(path, "too deep: depth=" + depth + ", depthMax=" + DEPTH_MAX);
        }
    }

    /** @throws StorageException INVALID naming the file */
    static void checkFile(String name) {
        if (name == null || !FILE.matcher(name).matches()) {
            throw new StorageException(Kind.INVALID, "bad file name: name=" + name);
        }
    }

    private static StorageException invalid(String path, String reason) {
        return new StorageException(Kind.INVALID, "bad table path: path=" + path + ", reason=" + reason);
    }
}
