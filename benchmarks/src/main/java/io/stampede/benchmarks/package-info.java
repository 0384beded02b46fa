/**
 * What a call costs, measured with JMH. {@code java -jar benchmarks/target/benchmarks.jar -l} lists the benchmarks;
 * {@link io.stampede.benchmarks.L1HitReport} compares the contenders of one of them fairly on a noisy machine.
 */
@NullMarked
package io.stampede.benchmarks;

import org.jspecify.annotations.NullMarked;
