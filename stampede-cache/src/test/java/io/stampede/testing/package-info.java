/**
 * For tests of what stands on the ports, and of what implements them: an in-memory double, and the contract tests that
 * the double and every adapter pass.
 */
@NullMarked
package io.stampede.testing;

import org.jspecify.annotations.NullMarked;
