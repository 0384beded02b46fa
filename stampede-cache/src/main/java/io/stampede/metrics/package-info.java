/** What a cache does, as meters of a registry. Needs {@code io.micrometer:micrometer-core}. */
@NullMarked
package io.stampede.metrics;

import org.jspecify.annotations.NullMarked;
