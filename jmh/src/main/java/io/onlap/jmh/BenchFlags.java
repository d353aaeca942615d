package io.onlap.jmh;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * The flags of the JVMs that JMH forks. The manifest of the jar counts only for {@code java -jar}, and forks are started by
 * class name; the flags come from the property of the build that everything else takes them from.
 *
 * <p>Threading: stateless.
 */
final class BenchFlags {
    private static final int UNSAFE_MEMORY_WARNS = 24;

    private BenchFlags() {}

    static String[] flags() {
        Properties properties = new Properties();
        try (InputStream in = BenchFlags.class.getResourceAsStream("jvm.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read jvm.properties", e);
        }
        List<String> flags =
                new ArrayList<>(List.of(properties.getProperty("flags").trim().split(" +", -1)));
        if (Runtime.version().feature() >= UNSAFE_MEMORY_WARNS) {
            flags.add("--sun-misc-unsafe-memory-access=allow");
            flags.add("--enable-native-access=ALL-UNNAMED");
        }
        return flags.toArray(String[]::new);
    }
}
