/**
 * The herd lab: a cluster of application nodes, a real Redis and a real database, all of them processes of their own on this
 * machine, and several ways to cache under the same load. {@code ./mvnw -q -Pherd} runs it.
 *
 * <p>{@link io.stampede.benchmarks.herd.HerdLab} plays each {@link io.stampede.benchmarks.herd.Act} with each
 * {@link io.stampede.benchmarks.herd.ContenderKind}; a node's {@link io.stampede.benchmarks.herd.Readers} note what they
 * see, its {@link io.stampede.benchmarks.herd.Products} each load, and the database counts its queries itself. Put
 * together, that is a {@link io.stampede.benchmarks.herd.Row}.
 */
@NullMarked
package io.stampede.benchmarks.herd;

import org.jspecify.annotations.NullMarked;
