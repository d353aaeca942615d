package io.onlap.manifest;

import java.util.List;

/**
 * A durable note of unfinished work, written before the first file it names exists: the files are spared until it is
 * removed.
 *
 * <p>Threading: immutable.
 *
 * @param id a fresh UUID; also the note's file name
 * @param operation what is being done, in one word
 * @param epoch of the owner that does it; 0 for work that needs none
 * @param lease the lease of the process that does it, which tells whether it lives; null for the owner
 * @param files names of segment files, without ending
 */
public record Intent(String id, String operation, long epoch, String lease, List<String> files) {
    /** @throws io.onlap.io.StorageException INVALID for an id or a name that is no plain file name */
    public Intent {
        Names.checkFile(id);
        files = List.copyOf(files);
        files.forEach(Names::checkFile);
    }
}
