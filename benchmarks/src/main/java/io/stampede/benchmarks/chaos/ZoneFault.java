package io.stampede.benchmarks.chaos;

import io.stampede.redis.testing.FaultProxy;
import java.time.Duration;

/** What happens to a zone's Redis, and to the ways between zones. */
enum ZoneFault implements RedisFault<TwoZones> {
    FIRST_ZONE_KILLED("the first zone's Redis is killed and comes back empty") {
        @Override
        public void begin(TwoZones where, Duration length) {
            where.server(0).kill();
        }

        @Override
        public void end(TwoZones where) {
            where.server(0).restart();
        }
    },
    SECOND_ZONE_KILLED("the second zone's Redis is killed and comes back empty") {
        @Override
        public void begin(TwoZones where, Duration length) {
            where.server(1).kill();
        }

        @Override
        public void end(TwoZones where) {
            where.server(1).restart();
        }
    },
    FIRST_ZONE_HUNG("the first zone's Redis hangs") {
        @Override
        public void begin(TwoZones where, Duration length) {
            where.server(0).pause();
        }

        @Override
        public void end(TwoZones where) {
            where.server(0).resume();
        }
    },
    SECOND_ZONE_HUNG("the second zone's Redis hangs") {
        @Override
        public void begin(TwoZones where, Duration length) {
            where.server(1).pause();
        }

        @Override
        public void end(TwoZones where) {
            where.server(1).resume();
        }
    },
    FIRST_ZONE_CUT("nobody reaches the first zone's Redis") {
        @Override
        public void begin(TwoZones where, Duration length) {
            where.waysTo(0).forEach(FaultProxy::swallow);
        }

        @Override
        public void end(TwoZones where) {
            where.pass();
        }
    },
    ZONE_UNREACHED("the second zone's node does not reach the first zone") {
        @Override
        public void begin(TwoZones where, Duration length) {
            where.waysBetween(1, 0).forEach(FaultProxy::refuse);
        }

        @Override
        public void end(TwoZones where) {
            where.pass();
        }
    },
    ZONES_PARTED("the zones are cut off from each other") {
        @Override
        public void begin(TwoZones where, Duration length) {
            where.waysBetween(0, 1).forEach(FaultProxy::refuse);
            where.waysBetween(1, 0).forEach(FaultProxy::refuse);
        }

        @Override
        public void end(TwoZones where) {
            where.pass();
        }

        /** One side does not hear of the other's writes until they meet. */
        @Override
        public Duration bound(Duration suspectAfter, Duration length) {
            return Duration.ofHours(1);
        }
    },
    ZONE_FLUSHED("FLUSHALL in the first zone") {
        @Override
        public void begin(TwoZones where, Duration length) {
            where.server(0).command("FLUSHALL");
        }

        @Override
        public void end(TwoZones where) {}

        @Override
        public boolean lasts() {
            return false;
        }
    };

    private final String title;

    ZoneFault(String title) {
        this.title = title;
    }

    @Override
    public String title() {
        return title;
    }

    /** From a zone that a writer can't reach, others read for a second more. */
    @Override
    public Duration bound(Duration suspectAfter, Duration length) {
        return suspectAfter.plusSeconds(1);
    }
}
