package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The intents of a store, a file each.
 *
 * <p>Failure windows: killed after {@link #write} the note stands for files that may not exist; killed after the commit
 * and before {@link #remove} it stands for files that are part of their table. Both spare too much, never too little. A
 * note that cannot be read may stand for any file, so {@link #list} refuses, and keeps it.
 *
 * <p>Threading: any thread; each intent belongs to the one that writes it.
 */
public final class Intents {
    private static final String ENDING = ".json";

    private final Env env;
    private final StoreLayout layout;

    public Intents(Env env, StoreLayout layout) {
        this.env = env;
        this.layout = layout;
    }

    /** Makes the intent durable. */
    public void write(Intent intent) {
        Path file = file(intent.id());
        if (!env.storage().createIfAbsent(file, ManifestJson.seal(SealedJson.INTENT, intent))) {
            throw new StorageException(Kind.FATAL, "intent exists: id=" + intent.id() + ", path=" + file);
        }
    }

    /** Removes the intent, if it is there; after power loss it may be back. */
    public void remove(String id) {
        env.storage().delete(file(id));
    }

    /**
     * All intents.
     *
     * @throws StorageException INVALID for one of a newer format, CORRUPT for one that is damaged, naming the file
     */
    public List<Intent> list() {
        List<Intent> intents = new ArrayList<>();
        for (String name : env.storage().list(layout.intents())) {
            if (!name.startsWith(LocalStorage.TEMPORARY_PREFIX)) {
                Intent intent = read(layout.intents().resolve(name));
                if (intent != null) {
                    intents.add(intent);
                }
            }
        }
        return intents;
    }

    /** The intent in that file; null if it was removed meanwhile. */
    private Intent read(Path file) {
        byte[] bytes;
        try {
            bytes = env.storage().read(file);
        } catch (StorageException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return null;
            }
            throw e;
        }
        return ManifestJson.open(file, SealedJson.INTENT, bytes, Intent.class);
    }

    private Path file(String id) {
        return layout.intents().resolve(id + ENDING);
    }
}
