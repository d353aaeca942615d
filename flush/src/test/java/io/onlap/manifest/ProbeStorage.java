package io.onlap.manifest;

import io.onlap.io.Storage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * A storage that counts calls and lets a test step in before and after each.
 *
 * <p>Threading: any thread; hooks are set before use.
 */
final class ProbeStorage {
    /** Steps in; what it throws is what the caller of the storage gets. */
    interface Hook {
        void call(String method, Path path);
    }

    /** Fails each call of a method. */
    static Hook failing(String failingMethod) {
        return (method, path) -> {
            if (method.equals(failingMethod)) {
                throw new StorageException(Kind.FATAL, "broken " + method);
            }
        };
    }

    private static final Hook NONE = (method, path) -> {};

    private final Map<String, Integer> calls = new TreeMap<>();
    private final Storage storage;
    private volatile Hook before = NONE;
    private volatile Hook after = NONE;
    private volatile boolean repeatCreates;

    ProbeStorage(Storage real) {
        this.storage = (Storage) Proxy.newProxyInstance(
                Storage.class.getClassLoader(), new Class<?>[] {Storage.class}, (proxy, method, arguments) -> {
                    Path path = (Path) arguments[0];
                    count(method.getName());
                    before.call(method.getName(), path);
                    Object result;
                    try {
                        if (repeatCreates && method.getName().equals("createIfAbsent")) {
                            method.invoke(real, arguments);
                        }
                        result = method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    after.call(method.getName(), path);
                    return result;
                });
    }

    Storage storage() {
        return storage;
    }

    void before(Hook hook) {
        before = hook;
    }

    void after(Hook hook) {
        after = hook;
    }

    /** From now on each create is done twice, and the caller hears of the second. */
    void repeatCreates() {
        repeatCreates = true;
    }

    void calm() {
        repeatCreates = false;
        before = NONE;
        after = NONE;
    }

    private synchronized void count(String method) {
        calls.merge(method, 1, Integer::sum);
    }

    /** Calls per method since the last time this was asked. */
    synchronized Map<String, Integer> takeCalls() {
        Map<String, Integer> taken = new TreeMap<>(calls);
        calls.clear();
        return taken;
    }
}
