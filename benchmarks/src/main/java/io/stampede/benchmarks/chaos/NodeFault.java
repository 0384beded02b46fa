package io.stampede.benchmarks.chaos;

import java.time.Duration;

/** What happens to the process of a node. */
enum NodeFault implements Fault {
    NODE_KILLED("a node is killed while it loads, and started anew"),
    NODE_STOPPED("a node stops for longer than its lease while it loads") {
        @Override
        public Duration length(Duration usual) {
            Duration twice = Node.LEASE_TTL.multipliedBy(2);
            return usual.compareTo(twice) < 0 ? twice : usual;
        }
    };

    private final String title;

    NodeFault(String title) {
        this.title = title;
    }

    @Override
    public String title() {
        return title;
    }
}
