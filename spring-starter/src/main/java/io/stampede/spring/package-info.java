/** Stampede in Spring Boot: what {@code @Cacheable} says, done by Stampede's caches. */
@NullMarked
package io.stampede.spring;

import org.jspecify.annotations.NullMarked;
