package io.stampede.benchmarks.herd;

/**
 * What the application's users look at.
 *
 * @param version how often it has been written
 * @param loadedAtMillis when the database had answered: off this it is read how old the values are that are served
 */
record Product(long id, long version, long loadedAtMillis, String name) {

    private static final int PARTS = 4;

    /** As the caches hold it: text, so that no contender profits from another's codec. */
    String encoded() {
        return id + "|" + version + "|" + loadedAtMillis + "|" + name;
    }

    static Product decode(String encoded) {
        String[] parts = encoded.split("\\|", PARTS);
        return new Product(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]), parts[3]);
    }
}
