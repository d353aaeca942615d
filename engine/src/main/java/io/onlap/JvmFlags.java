package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks at open that the JVM was started with the flags that Chronicle Queue, Agrona and Arrow need. Without some of them
 * they do not fail but go on in another way (Chronicle silently opens read-only), so none may be missing. What newer JDKs
 * want besides only silences their warnings: it is named with the others, but not asked for.
 *
 * <p>Threading: stateless.
 */
final class JvmFlags {
    private static final String TARGET = "=ALL-UNNAMED";
    private static final List<String> FLAGS_OF_NEWER =
            List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access" + TARGET);
    private static final int NEWER_FEATURE = 24;

    private JvmFlags() {}

    /** Throws INVALID with the flags to paste, if any is missing. */
    static void check() {
        List<String> missing = missing();
        if (!missing.isEmpty()) {
            if (Runtime.version().feature() >= NEWER_FEATURE) {
                List<String> given = ManagementFactory.getRuntimeMXBean().getInputArguments();
                FLAGS_OF_NEWER.stream().filter(flag -> !given.contains(flag)).forEach(missing::add);
            }
            throw new StorageException(
                    Kind.INVALID, "JVM flags missing: add to the java command: " + String.join(" ", missing));
        }
    }

    static List<String> missing() {
        List<String> missing = new ArrayList<>();
        needOpens(missing, "java.lang.reflect");
        needOpens(missing, "java.nio");
        needExports(missing, "sun.nio.ch");
        needExports(missing, "jdk.internal.ref");
        needExports(missing, "jdk.internal.misc");
        return missing;
    }

    private static void needOpens(List<String> missing, String packageName) {
        if (!Object.class.getModule().isOpen(packageName, JvmFlags.class.getModule())) {
            missing.add("--add-opens=java.base/" + packageName + TARGET);
        }
    }

    private static void needExports(List<String> missing, String packageName) {
        if (!Object.class.getModule().isExported(packageName, JvmFlags.class.getModule())) {
            missing.add("--add-exports=java.base/" + packageName + TARGET);
        }
    }
}
