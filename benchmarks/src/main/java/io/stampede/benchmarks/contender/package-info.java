/**
 * What Stampede is compared with, by the JMH suite and by the herd lab alike. {@link
 * io.stampede.benchmarks.contender.ContenderKind} names them all and says of each what it can't do.
 *
 * <p>Each is used as its documentation tells a careful user to. All keep texts under the same keys with the same
 * encoding, as far as they let one choose, so that it is not codecs that are compared.
 */
@NullMarked
package io.stampede.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
