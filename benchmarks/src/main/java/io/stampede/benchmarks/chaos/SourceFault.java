package io.stampede.benchmarks.chaos;

import java.time.Duration;

/** What happens to what loaders read. */
enum SourceFault implements Fault {
    SOURCE_FAILS("the source fails") {
        @Override
        public Duration length(Duration usual) {
            return usual.plusSeconds(1);
        }
    },
    SOURCE_SLOW("the source takes ten times as long");

    private final String title;

    SourceFault(String title) {
        this.title = title;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public boolean ofTheSource() {
        return true;
    }
}
