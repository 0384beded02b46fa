/**
 * The demo: a cluster of application nodes, a real Redis and a real database, all of them processes of their own on this
 * machine, and three ways to cache under the same load. {@code ./mvnw -q -Pdemo} runs it.
 */
@NullMarked
package io.stampede.benchmarks.demo;

import org.jspecify.annotations.NullMarked;
