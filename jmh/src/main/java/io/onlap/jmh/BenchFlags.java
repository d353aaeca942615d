package io.onlap.jmh;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
        String flags = properties.getProperty("flags");
        if (Runtime.version().feature() >= UNSAFE_MEMORY_WARNS) {
            flags += " " + properties.getProperty("newer");
        }
        return flags.trim().split(" +", -1);
    }
}
