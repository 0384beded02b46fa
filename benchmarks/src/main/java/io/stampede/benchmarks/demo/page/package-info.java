/** The demo's results for people: tables as text, and one page of HTML with charts that needs nothing else. */
@NullMarked
package io.stampede.benchmarks.demo.page;

import org.jspecify.annotations.NullMarked;
