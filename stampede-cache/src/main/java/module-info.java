/** Stampede: a two-tier cache in which a missing value is loaded once in the whole cluster. */
module io.stampede.cache {
    requires com.github.benmanes.caffeine;
    requires io.github.resilience4j.circuitbreaker;
    requires static context.propagation;
    requires static micrometer.core;
    requires static org.jspecify;
    requires static tools.jackson.databind;

    exports io.stampede;
    exports io.stampede.metrics;
    exports io.stampede.spi;
}
