/**
 * The verbs over segment files and manifest: flush a sealed generation, and delete what no record names.
 *
 * <pre>
 *   sealed generation → intent → SegmentWriter → Manifest.commit → (the engine drops it from memory, then cuts the log)
 * </pre>
 */
package io.onlap.flush;
