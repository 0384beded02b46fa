/**
 * What a call costs, measured with JMH, one question per file. {@code java -jar benchmarks/target/benchmarks.jar -l} lists
 * the benchmarks; {@link io.stampede.benchmarks.suite.ShortProfile} compares some contenders fairly on a noisy machine.
 */
@NullMarked
package io.stampede.benchmarks.suite;

import org.jspecify.annotations.NullMarked;
