package io.onlap.manifest;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * One JSON object in a file that says what it is and whether it is whole:
 *
 * <pre>
 *   {"onlap":"manifest","format":1,"crc32c":"1f2e3d4c","body":{ … }}⏎
 * </pre>
 *
 * <p>The checksum covers the bytes of the body as they stand, so no reader has to write JSON the same way twice. Every
 * later format keeps the first two fields where they are: that is how an older program knows a newer file from a damaged
 * one.
 *
 * <p>Threading: stateless.
 */
final class SealedJson {
    static final String MANIFEST = "manifest";
    static final String STORE = "store";
    static final String HINT = "hint";
    static final String BOUNDARY = "boundary";
    static final String INTENT = "intent";
    static final String LEASE = "lease";
    static final int FORMAT = 1;

    private static final int HEAD_BYTES_MAX = 128;
    private static final Pattern IDENTITY = Pattern.compile("\\{\"onlap\":\"([a-z]+)\",\"format\":(\\d{1,9})[,}].*");
    private static final Pattern HEAD =
            Pattern.compile("(\\{\"onlap\":\"[a-z]+\",\"format\":\\d+,\"crc32c\":\"([0-9a-f]{8})\",\"body\":).*");
    private static final byte[] TAIL = "}\n".getBytes(StandardCharsets.US_ASCII);

    private SealedJson() {}

    /** The file's bytes around {@code body}, a JSON value in UTF-8. */
    static byte[] seal(String kind, byte[] body) {
        String head = String.format(
                Locale.ROOT, "{\"onlap\":\"%s\",\"format\":%d,\"crc32c\":\"%08x\",\"body\":", kind, FORMAT, crc(body));
        byte[] headBytes = head.getBytes(StandardCharsets.US_ASCII);
        byte[] file = Arrays.copyOf(headBytes, headBytes.length + body.length + TAIL.length);
        System.arraycopy(body, 0, file, headBytes.length, body.length);
        System.arraycopy(TAIL, 0, file, headBytes.length + body.length, TAIL.length);
        return file;
    }

    /**
     * The body of a file's bytes.
     *
     * @param file named in failures
     * @throws StorageException INVALID for a newer format or another kind of file, CORRUPT if it is damaged
     */
    static byte[] open(Path file, String kind, byte[] bytes) {
        String head = new String(bytes, 0, Math.min(bytes.length, HEAD_BYTES_MAX), StandardCharsets.ISO_8859_1);
        checkIdentity(file, kind, head);
        Matcher matcher = HEAD.matcher(firstLine(head));
        if (!matcher.matches()) {
            throw corrupt(file, "bad head", 0);
        }
        int bodyStart = matcher.end(1);
        int bodyEnd = bytes.length - TAIL.length;
        if (bodyEnd < bodyStart || !Arrays.equals(bytes, bodyEnd, bytes.length, TAIL, 0, TAIL.length)) {
            throw corrupt(file, "torn: bytes=" + bytes.length, bytes.length);
        }
        byte[] body = Arrays.copyOfRange(bytes, bodyStart, bodyEnd);
        int expected = Integer.parseUnsignedInt(matcher.group(2), 16);
        if (expected != crc(body)) {
            throw corrupt(
                    file,
                    String.format(Locale.ROOT, "bad checksum: expected=%08x, actual=%08x", expected, crc(body)),
                    bodyStart);
        }
        return body;
    }

    private static void checkIdentity(Path file, String kind, String head) {
        Matcher identity = IDENTITY.matcher(firstLine(head));
        if (!identity.matches()) {
            throw corrupt(file, "no head of a " + kind + " file", 0);
        }
        int format = Integer.parseInt(identity.group(2));
        if (format > FORMAT) {
            throw newerFormat(file, "format=" + format + ", formatMax=" + FORMAT);
        }
        if (!identity.group(1).equals(kind) || format < 1) {
            throw corrupt(file, "head of another file: kind=" + identity.group(1) + ", expected=" + kind, 0);
        }
    }

    private static String firstLine(String head) {
        int end = head.indexOf('\n');
        return end < 0 ? head : head.substring(0, end);
    }

    static StorageException newerFormat(Path file, String what) {
        return new StorageException(Kind.INVALID, "newer format: path=" + file + ", " + what);
    }

    static StorageException corrupt(Path file, String what, long position) {
        return new StorageException(Kind.CORRUPT, what + ", path=" + file + ", position=" + position);
    }

    private static int crc(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return (int) crc.getValue();
    }
}
