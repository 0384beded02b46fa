package io.stampede;

import java.util.List;
import java.util.stream.IntStream;

/** Whether this node has heard all that the bus has told, in every part of the cache. Thread-safe. */
final class Hearing {

    private final List<PartHearing> parts;

    Hearing(int parts) {
        this.parts = IntStream.range(0, parts)
                .mapToObj(part -> new PartHearing(part > 0))
                .toList();
    }

    List<PartHearing> parts() {
        return parts;
    }

    void up() {
        parts.forEach(PartHearing::up);
    }

    void down() {
        parts.forEach(PartHearing::down);
    }

    boolean isListening() {
        return parts.get(0).isListening();
    }

    /** Whether what is heard is being compared with what was told. */
    boolean hasBegun() {
        return parts.stream().allMatch(PartHearing::hasBegun);
    }

    /** Whether the next answer of L2 is what it will be compared with. */
    boolean isToBegin() {
        return parts.stream().anyMatch(PartHearing::isToBegin);
    }

    /** A message of a part came in; false if others have not, or out of order. */
    boolean heard(int part, long sequence) {
        return parts.get(part).heard(sequence);
    }

    Proof proof(Era era, long now) {
        return new Proof(era, now, parts.size());
    }
}
