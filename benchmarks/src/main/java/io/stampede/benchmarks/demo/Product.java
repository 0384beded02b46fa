package io.stampede.benchmarks.demo;

/**
 * What the application's users look at.
 *
 * @param loadedAtMillis when the database had answered: the demo reads off it how old the values are that are served
 */
record Product(long id, String name, int priceCents, long loadedAtMillis) {}
