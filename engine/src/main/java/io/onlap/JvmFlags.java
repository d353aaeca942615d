package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Checks at open that the JVM was started with the flags that Chronicle Queue, Agrona and Arrow need. Without some of them
 * they do not fail but go on in another way (Chronicle silently opens read-only), so none may be missing. What newer JDKs
 * want besides only silences their warnings: it is named with the others, but not asked for.
 *
 * <p>Threading: stateless.
 */
final class JvmFlags {
    /** Packages of {@code java.base} to open, and to export. */
    static final List<String> OPENED = List.of("java.lang.reflect", "java.nio");

    static final List<String> EXPORTED = List.of("sun.nio.ch", "jdk.internal.ref", "jdk.internal.misc");
    /** What newer JDKs want besides. */
    static final List<String> FLAGS_OF_NEWER =
            List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED");

    private static final int NEWER_FEATURE = 24;

    private JvmFlags() {}

    /** Throws INVALID with the flags to paste, if any is missing. */
    static void check() {
        Module base = Object.class.getModule();
        Module ours = JvmFlags.class.getModule();
        List<String> missing = flags(name -> !base.isOpen(name, ours), name -> !base.isExported(name, ours));
        if (!missing.isEmpty()) {
            if (Runtime.version().feature() >= NEWER_FEATURE) {
                List<String> given = ManagementFactory.getRuntimeMXBean().getInputArguments();
                FLAGS_OF_NEWER.stream().filter(flag -> !given.contains(flag)).forEach(missing::add);
            }
            throw new StorageException(
                    Kind.INVALID, "JVM flags missing: add to the java command: " + String.join(" ", missing));
        }
    }

    /** The flags for those of the packages that are asked for. */
    static List<String> flags(Predicate<String> toOpen, Predicate<String> toExport) {
        List<String> flags = new ArrayList<>();
        OPENED.stream().filter(toOpen).forEach(name -> flags.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
        EXPORTED.stream()
                .filter(toExport)
                .forEach(name -> flags.add("--add-exports=java.base/" + name + "=ALL-UNNAMED"));
        return flags;
    }
}
