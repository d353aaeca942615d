package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.LocalStorage;
import io.onlap.io.LockedFile;
import io.onlap.io.StorageException;
import java.nio.file.Path;

/**
 * Which owners of a store live. Each has an own file, named by its epoch, that is a {@link LockedFile}: the lock of the
 * store itself cannot be asked, since nobody but the owner may open it.
 *
 * <pre>
 *   owner    OPEN record (epoch e) ─► own file e ─► log directory e ─► … ─► log closed ─► own file gone
 *   reader                            open the log's files ─► does e live? ─► read them
 * </pre>
 *
 * <p>Invariant: whoever writes the log directory of an epoch holds the own file of that epoch, from before the directory has
 * its name until after the last byte. An epoch is given to one OPEN alone, so no file is ever of two owners.
 *
 * <p>So a reader that has opened files of directory e and is told afterwards that e does not live reads what nobody writes:
 * the directory was there, hence the own file had been, and since it is free its holder is dead or has closed its log. What
 * is torn there is torn for good. If it is told that e lives, the files may change under it. Asked the other way round, an
 * owner could begin between the answer and the opening.
 *
 * <p>Failure windows:
 * <ul>
 *   <li>The owner dies behind the answer: the reader takes a dead log for one that is written, and where that seems to end
 *       for it is what it sees; it sees the damage at its next refresh.
 *   <li>Another owner begins behind the opening: it writes in a directory of its own, which the reader does not have. What
 *       it deletes the reader keeps open. The question is about epoch e, so the newcomer does not answer for the dead.
 *   <li>An owner is killed between its OPEN record and its log directory: there is no directory to ask about.
 *   <li>A fenced owner that still lives counts as living: it may write the one frame that it finds itself fenced behind. In
 *       a directory that is not the newest nobody asks: recovery reads that frame, whole or torn, in the same way.
 *   <li>The answer cannot be had, on a disk that knows no locks, say, or in a store of a program that made no own files,
 *       until it is next opened: {@link #lives} says yes, {@link #surelyLives} no.
 * </ul>
 * Nothing depends on the file OWNER, which may be old, torn or absent, and nothing here on power: after its loss nobody lives.
 *
 * <p>Threading: any thread.
 */
public final class Owners {
    private Owners() {}

    /** From now on the owner of {@code epoch} lives, until that is closed; before it makes its log directory. */
    public static LockedFile begin(Env env, StoreLayout layout, long epoch) {
        env.storage().createDirectories(layout.owners()); // stores were made without it once
        return LockedFile.create(env.storage(), layout.ownFile(epoch), "");
    }

    /** Does the owner of {@code epoch} live? In doubt yes. */
    public static boolean lives(Env env, StoreLayout layout, long epoch) {
        return lives(env, layout, epoch, true); // who cannot tell must expect that files change
    }

    /** Does the owner of {@code epoch} live, and has it since it began? In doubt no. */
    public static boolean surelyLives(Env env, StoreLayout layout, long epoch) {
        return lives(env, layout, epoch, false);
    }

    private static boolean lives(Env env, StoreLayout layout, long epoch, boolean inDoubt) {
        try {
            if (!env.storage().exists(layout.owners())) {
                return inDoubt; // a program that made no own files may own the store
            }
            LockedFile.Found found = LockedFile.look(env.storage(), layout.ownFile(epoch));
            return found != null && found.live();
        } catch (StorageException e) {
            return inDoubt;
        }
    }

    /** Removes the own files of dead owners before {@code epoch}, and what is left of making them; by the owner of that. */
    public static void removeDeadBefore(Env env, StoreLayout layout, long epoch) {
        for (String name : env.storage().list(layout.owners())) {
            Path file = layout.owners().resolve(name);
            long of = StoreLayout.ownFileEpoch(name);
            boolean dead = of >= 0 && of < epoch && !lives(env, layout, of);
            if (dead || name.startsWith(LocalStorage.TEMPORARY_PREFIX)) {
                env.storage().delete(file);
            }
        }
    }
}
