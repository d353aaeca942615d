package io.onlap.io;

import java.util.EnumMap;
import java.util.Map;

/**
 * The switchboard of the {@link FailPoint}s of one engine: while none is armed a reach costs one volatile read.
 *
 * <p>Threading: any thread may reach, arm or disarm; the armed actions are one immutable value, swapped whole.
 */
public final class FailPoints {
    private volatile Map<FailPoint, Runnable> actions = Map.of();

    /** Runs the action armed for {@code point}, if any; what it throws goes to the caller as a failure of that step. */
    public void reach(FailPoint point) {
        Map<FailPoint, Runnable> armed = actions;
        if (!armed.isEmpty() && armed.containsKey(point)) {
            armed.get(point).run();
        }
    }

    /** Arms {@code point}: from now on each reach runs {@code action}. */
    public synchronized void arm(FailPoint point, Runnable action) {
        Map<FailPoint, Runnable> changed = new EnumMap<>(FailPoint.class);
        changed.putAll(actions);
        changed.put(point, action);
        actions = changed;
    }

    public synchronized void disarm(FailPoint point) {
        Map<FailPoint, Runnable> changed = new EnumMap<>(FailPoint.class);
        changed.putAll(actions);
        changed.remove(point);
        actions = changed;
    }
}
