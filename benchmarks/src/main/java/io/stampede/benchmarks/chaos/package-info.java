/**
 * The chaos drill: nodes as processes of their own under steady load, a real Redis in each of its topologies, and every fault
 * that we know of, one after the other. {@code ./mvnw -q -Pchaos} runs it.
 */
@NullMarked
package io.stampede.benchmarks.chaos;

import org.jspecify.annotations.NullMarked;
