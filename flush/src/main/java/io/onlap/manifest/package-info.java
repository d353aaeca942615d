/**
 * The nouns of what is on disk: segment files, the manifest's records and state, its commit, pins.
 *
 * <pre>
 *   RunCursor → SegmentWriter → NAME.arrow + NAME.sidecar → SegmentFile (in a manifest record)
 *                                                               └→ SegmentReader (a Run)
 * </pre>
 */
package io.onlap.manifest;
