package io.onlap.flush;

import io.onlap.io.Env;
import io.onlap.manifest.Intent;
import io.onlap.manifest.Intents;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.SegmentFile;
import io.onlap.manifest.StoreLayout;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The only code that deletes segment files: those that an unfinished flush left behind.
 *
 * <p>Invariant: a file goes only if an intent names it, the work of the intent is over (its own flush ended, or its owner is
 * fenced by a newer epoch), and the head, read after that, does not list it. The intent goes after its files, so a crash in
 * between repeats the work instead of forgetting it.
 *
 * <p>Threading: the flush thread, and an owner's open before that thread starts.
 */
public final class Reaper {
    private final Env env;
    private final StoreLayout layout;
    private final Manifest manifest;
    private final Intents intents;

    public Reaper(Env env, StoreLayout layout, Manifest manifest) {
        this.env = env;
        this.layout = layout;
        this.manifest = manifest;
        this.intents = new Intents(env, layout);
    }

    /** Resolves the intents of flushes of owners before {@code epoch}; called by the owner of that epoch. */
    public void resolveBefore(long epoch) {
        for (Intent intent : intents.list()) {
            if (intent.epoch() < epoch) {
                resolve(intent);
            }
        }
    }

    private static Set<String> listed(ManifestState head) {
        return head.tables().stream()
                .flatMap(table -> table.segments().stream())
                .map(SegmentFile::name)
                .collect(Collectors.toSet());
    }

    /** Deletes the files of {@code intent} that the head does not list, then the intent. */
    void resolve(Intent intent) {
        Set<String> listed = listed(manifest.refresh());
        for (String name : intent.files()) {
            if (!listed.contains(name)) {
                env.storage().delete(layout.segments().resolve(name + SegmentFile.SIDECAR_SUFFIX));
                env.storage().delete(layout.segments().resolve(name + SegmentFile.DATA_SUFFIX));
            }
        }
        env.storage().forceDirectory(layout.segments());
        intents.remove(intent.id());
    }
}
