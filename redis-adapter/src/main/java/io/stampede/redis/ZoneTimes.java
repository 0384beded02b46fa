package io.stampede.redis;

import java.time.Duration;

/**
 * How long is waited for what.
 *
 * @param patience for one answer of a zone
 * @param look how old what is known of other nodes' marks may be before a read looks again
 * @param silence after what time a node that has not renewed its mark is taken for gone
 * @param grace for the zones trusted before, when one has come back that was not, and those have not
 */
record ZoneTimes(Duration patience, Duration look, Duration silence, Duration grace) {

    static ZoneTimes of(Duration patience) {
        return new ZoneTimes(patience, Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(10));
    }
}
