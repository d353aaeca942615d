/**
 * The nouns of durable state: segment files, the manifest log with its checkpoints, and whatever keeps a file.
 *
 * <pre>
 *  *   RunCursor → SegmentWriter → NAME.arrow + NAME.sidecar → SegmentFile (in a record) → SegmentReader (a Run)
 *
 *  *   Operation ──Rebase──▶ Delta ──▶ ManifestRecord ──createIfAbsent──▶ manifest/&lt;version&gt;.json
 *                                        │ apply, O(delta)
 *                                        ▼
 *                                  ManifestState ──every k-th──▶ checkpoints/&lt;version&gt;.arrow ──▶ HINT
 * </pre>
 *
 * <p>A file is part of a table when one manifest record says so. Nothing else on disk is ever believed.
 */
package io.onlap.manifest;
