@NullMarked
package io.stampede.metrics;

import org.jspecify.annotations.NullMarked;
