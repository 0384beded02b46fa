/** What the guide to the simulated cluster shows, in a package of its own as a user's tests are. */
@NullMarked
package io.stampede.testing.guide;

import org.jspecify.annotations.NullMarked;
