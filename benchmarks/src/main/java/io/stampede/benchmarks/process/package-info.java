/**
 * Processes of their own for what the herd lab and the chaos drill play: each is told by lines what to do, and ends when whoever
 * started it is gone.
 */
@NullMarked
package io.stampede.benchmarks.process;

import org.jspecify.annotations.NullMarked;
