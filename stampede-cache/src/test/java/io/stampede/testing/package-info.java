/**
 * For tests of applications: {@link io.stampede.testing.SimulatedCluster}, a cluster on virtual time. For tests of what
 * implements the ports: the contract tests that every adapter passes, and the in-memory double that passes them as well.
 */
@NullMarked
package io.stampede.testing;

import org.jspecify.annotations.NullMarked;
