package io.stampede.redis.testing;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** How one node of a cluster sees all of them: its answer to {@code CLUSTER NODES}. Immutable. */
record ClusterView(List<Member> members) {

    /**
     * One node in the eyes of another.
     *
     * @param flags such as {@code myself}, {@code master}, {@code slave}, {@code fail?}
     * @param primary the id of the primary that it follows, or {@code -}
     * @param slots ranges such as {@code 0-5460}, without those that are on the move
     */
    record Member(String id, Set<String> flags, String primary, long epoch, List<String> slots) {

        private static final int ID = 0;
        private static final int FLAGS = 2;
        private static final int PRIMARY = 3;
        private static final int EPOCH = 6;
        private static final int SLOTS = 8;

        static Member parse(String line) {
            String[] words = line.split(" ");
            return new Member(
                    words[ID],
                    Set.of(words[FLAGS].split(",")),
                    words[PRIMARY],
                    Long.parseLong(words[EPOCH]),
                    Arrays.stream(words)
                            .skip(SLOTS)
                            .filter(slots -> !slots.startsWith("["))
                            .toList());
        }

        boolean is(String flag) {
            return flags.contains(flag);
        }

        /** Whether it fails or is not a full member, as far as the one who tells knows. */
        boolean isInDoubt() {
            return is("fail") || is("fail?") || is("handshake") || is("noaddr");
        }

        boolean owns(int slot) {
            return is("master") && slots.stream().anyMatch(range -> contains(range, slot));
        }

        private static boolean contains(String range, int slot) {
            String[] ends = range.split("-");
            return Integer.parseInt(ends[0]) <= slot && slot <= Integer.parseInt(ends[ends.length - 1]);
        }

        private Place place() {
            return new Place(id, primary, slots);
        }
    }

    /** What all nodes have to agree on. */
    record Place(String id, String primary, List<String> slots) {}

    static ClusterView of(RedisServer node) {
        return new ClusterView(String.valueOf(node.command("CLUSTER", "NODES"))
                .lines()
                .map(Member::parse)
                .toList());
    }

    Member myself() {
        return members.stream()
                .filter(member -> member.is("myself"))
                .findFirst()
                .orElseThrow();
    }

    Set<Place> places() {
        return members.stream().map(Member::place).collect(Collectors.toSet());
    }
}
