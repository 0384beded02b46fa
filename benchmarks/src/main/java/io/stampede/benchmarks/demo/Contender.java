package io.stampede.benchmarks.demo;

/** A way to read a product that is slow to get. */
interface Contender extends AutoCloseable {

    Product read(long id) throws Exception;

    @Override
    void close();
}
