/**
 * Benchmarks: one workload, run over Onlap and over peers in one process, so that the ratio counts and not the machine.
 * Peers with heavy dependencies are only in builds with the profile {@code peers}.
 */
package io.onlap.jmh;
