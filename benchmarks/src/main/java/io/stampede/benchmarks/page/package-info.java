/** Results for people: tables as text, and pages of HTML with charts that need nothing else. */
@NullMarked
package io.stampede.benchmarks.page;

import org.jspecify.annotations.NullMarked;
