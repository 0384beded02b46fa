/**
 * A cache that survives its own expiries: when a value is missing, exactly one caller in the whole cluster rebuilds it
 * and everybody else gets the result. Start at {@link io.stampede.StampedeCache#builder}.
 */
@NullMarked
package io.stampede;

import org.jspecify.annotations.NullMarked;
