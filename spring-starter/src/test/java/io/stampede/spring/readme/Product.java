package io.stampede.spring.readme;

/** A value. */
public record Product(long id, String name) {}
