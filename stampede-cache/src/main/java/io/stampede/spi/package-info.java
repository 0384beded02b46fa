/**
 * The ports: what a cache needs from a remote store, from a bus and from the machine it runs on.
 *
 * <p>Applications don't use this package; adapters implement it. Every port has a contract test in this module's
 * test-jar that an adapter is expected to pass.
 */
@NullMarked
package io.stampede.spi;

import org.jspecify.annotations.NullMarked;
