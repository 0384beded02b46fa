/**
 * Scale on paper: what a cluster too large for one machine asks of its source, of Redis and of the bus, calculated in virtual
 * time. {@link io.stampede.benchmarks.scale.Formulas} say what to expect of one key; {@link io.stampede.benchmarks.scale.Model}
 * adds up all keys of a {@link io.stampede.benchmarks.scale.World}, life by life. A test compares the model with a
 * simulation of every single read, and with the real core.
 */
@NullMarked
package io.stampede.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
