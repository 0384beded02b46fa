package io.stampede.benchmarks.contender;

import java.util.Arrays;
import java.util.List;

/** All contenders, the limit first. */
public enum ContenderKind {
    CONCURRENT_HASH_MAP("ConcurrentHashMap", "no bound, no expiry, one process"),
    CAFFEINE("Caffeine", "no expiry, one process"),
    CAFFEINE_EXPIRING("Caffeine, expireAfterWrite and stats", "one process"),
    CAFFEINE_LOADING("Caffeine LoadingCache", "one process"),
    BY_HAND("by hand", "every caller that misses loads; nodes don't hear of each other's writes"),
    SINGLE_FLIGHT("single flight", "each node loads for itself; nodes don't hear of each other's writes"),
    SPRING("Spring Cache", "no first tier; every caller that misses loads, sync = true or not; keys one by one"),
    SPRING_LOCKING(
            "Spring Cache, locking writer",
            "no first tier; one load at a time in the whole cache, whatever the key; keys one by one"),
    JETCACHE("JetCache", "each node loads for itself"),
    REDISSON_MAP(
            "Redisson RLocalCachedMap",
            "entries don't expire in Redis, only the copies of the nodes do; what the source throws is a missing value"),
    REDISSON_LOCK("Redisson lock recipe", "nodes don't hear of each other's writes; keys one by one"),
    SET_NX(
            "SET NX recipe",
            "waiters poll; a load that takes longer than the lock runs twice; nodes don't hear of each other's writes;"
                    + " keys one by one"),
    STAMPEDE("Stampede", ""),
    STAMPEDE_METERED("Stampede, counted by Micrometer", "");

    private final String label;
    private final String limits;

    ContenderKind(String label, String limits) {
        this.label = label;
        this.limits = limits;
    }

    /** Its name in tables. */
    public String label() {
        return label;
    }

    /** What it can't do, in one line; empty for nothing of what is compared here. */
    public String limits() {
        return limits;
    }

    /** Whether its nodes share in Redis what one of them has loaded. */
    public boolean isShared() {
        return compareTo(BY_HAND) >= 0;
    }

    /** Those whose nodes share a Redis. */
    public static List<ContenderKind> shared() {
        return Arrays.stream(values()).filter(ContenderKind::isShared).toList();
    }

    /** A node with this cache. */
    public Contender create(Setup setup, Source source) {
        return switch (this) {
            case CONCURRENT_HASH_MAP -> new HashMapContender(setup, source);
            case CAFFEINE -> CaffeineContender.bounded(setup, source);
            case CAFFEINE_EXPIRING -> CaffeineContender.expiring(setup, source);
            case CAFFEINE_LOADING -> new CaffeineLoading(setup, source);
            case BY_HAND -> new ByHand(setup, source);
            case SINGLE_FLIGHT -> new SingleFlight(setup, source);
            case SPRING -> SpringCache.nonLocking(setup, source);
            case SPRING_LOCKING -> SpringCache.locking(setup, source);
            case JETCACHE -> new JetCache(setup, source);
            case REDISSON_MAP -> new RedissonMap(setup, source);
            case REDISSON_LOCK -> new RedissonLock(setup, source);
            case SET_NX -> new SetNx(setup, source);
            case STAMPEDE -> Stampede.withDefaults(setup, source);
            case STAMPEDE_METERED -> Stampede.metered(setup, source);
        };
    }
}
