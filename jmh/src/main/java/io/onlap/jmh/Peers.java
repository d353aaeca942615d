package io.onlap.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Finds peers by name: those of this module, and those that a build with the profile {@code peers} adds as services, so
 * that nothing here depends on them.
 *
 * <p>Threading: stateless.
 */
final class Peers {
    private static final List<Supplier<Peer>> OWN = List.of(OnlapPeer::new, ChroniclePeer::new, NonePeer::new);

    private Peers() {}

    /** A new, closed peer of that name. */
    static Peer named(String name) {
        List<Peer> all = all();
        for (Peer peer : all) {
            if (peer.name().equals(name)) {
                return peer;
            }
        }
        TreeSet<String> names = new TreeSet<>();
        all.forEach(peer -> names.add(peer.name()));
        throw new IllegalArgumentException(
                "no such store: store=" + name + ", stores=" + names + " (others need a build with -Ppeers)");
    }

    static boolean has(String name) {
        return all().stream().anyMatch(peer -> peer.name().equals(name));
    }

    private static List<Peer> all() {
        List<Peer> all = new ArrayList<>();
        OWN.forEach(peer -> all.add(peer.get()));
        ServiceLoader.load(Peer.class).forEach(all::add);
        return all;
    }
}
