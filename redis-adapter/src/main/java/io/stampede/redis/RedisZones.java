package io.stampede.redis;

import io.stampede.spi.InvalidationBus;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Token;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Redis in each availability zone, as one second tier and bus: read in the own zone and, when that is down, in another;
 * written to all. A zone that comes back is told what it has missed before it is trusted.
 *
 * <pre>{@code
 * RedisZones redis = RedisZones.builder()
 *     .zone("a", "redis://redis-a:6379")
 *     .zone("b", "redis://redis-b:6379")
 *     .ownZone("b")
 *     .build();
 * }</pre>
 *
 * <p>All nodes name the same zones in the same order, and each says which is its own. The first one that is up decides who
 * rebuilds.
 *
 * <p>What is promised beyond what a single Redis promises, and what is not, stands in <em>Zones</em> of
 * {@code OPERATIONS.md}. In short: an invalidation that has returned is carried out in every zone that anybody trusts. A node
 * that can reach a zone from which the writer was cut off goes on reading there for at most a second, and serves what it has
 * in its own memory for at most {@code suspectAfter}.
 *
 * <p>Each zone is one server or one that fails over; a Redis Cluster can't be a zone.
 *
 * <p>Thread-safe. Close it after the caches that use it. It closes the connections that it has opened, and not those that it
 * was given.
 */
public final class RedisZones implements RemoteConnection, AutoCloseable {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MAX_DEBTS = 10_000;

    private final List<Zone> zones;
    private final String ownZone;
    private final Patience patience;
    private final ZoneTimes times;
    private final List<RedisTier> opened;
    private final Map<RemoteNamespace, Shared> caches = new LinkedHashMap<>();

    RedisZones(List<Zone> zones, String ownZone, ZoneTimes times, List<RedisTier> opened) {
        checkParts(zones);
        this.zones = zones;
        this.ownZone = ownZone;
        this.opened = opened;
        this.times = times;
        this.patience = new Patience(times.patience().toNanos());
    }

    private static void checkParts(List<Zone> zones) {
        RemoteNamespace any = new RemoteNamespace("zones", newToken());
        for (Zone zone : zones) {
            try (RemoteTier tier = zone.connection().tier(any)) {
                if (tier.parts() != 1) {
                    throw new IllegalArgumentException("zone '" + zone.name() + "' is divided into " + tier.parts()
                            + " parts; a Redis Cluster can't be a zone");
                }
            }
        }
    }

    /**
     * Begins to name the zones.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    static Token newToken() {
        return new Token(RANDOM.nextLong() | 1, RANDOM.nextLong());
    }

    /** One cache's zones, and how many views and subscriptions hold them. */
    private static final class Shared {
        private final ZonedCache cache;
        private int holders;

        private Shared(ZonedCache cache) {
            this.cache = cache;
        }
    }

    private ZonedCache hold(RemoteNamespace namespace) {
        Shared shared;
        boolean isNew;
        synchronized (caches) {
            Shared known = caches.get(namespace);
            isNew = known == null;
            shared = known == null
                    ? new Shared(new ZonedCache(zones, ownZone, namespace, patience, times, MAX_DEBTS))
                    : known;
            shared.holders++;
            caches.put(namespace, shared);
        }
        if (isNew) {
            shared.cache.start();
        }
        return shared.cache;
    }

    private void letGo(RemoteNamespace namespace) {
        ZonedCache unused = null;
        synchronized (caches) {
            Shared shared = caches.get(namespace);
            if (shared != null && --shared.holders == 0) {
                caches.remove(namespace);
                unused = shared.cache;
            }
        }
        if (unused != null) {
            unused.close();
        }
    }

    @Override
    public RemoteTier tier(RemoteNamespace namespace) {
        return new ZonedTier(hold(namespace), patience, zones.size(), () -> letGo(namespace));
    }

    @Override
    public InvalidationBus bus(RemoteNamespace namespace) {
        return subscriber -> {
            ZonedEar ear = new ZonedEar(hold(namespace), subscriber, () -> letGo(namespace));
            ear.open();
            return ear;
        };
    }

    @Override
    public void check(long nanos) {
        zones.forEach(zone -> zone.connection().check(nanos));
    }

    /** Closes the connections that this has opened. Idempotent. */
    @Override
    public void close() {
        patience.close();
        opened.forEach(RedisTier::close);
    }

    /** Names the zones. Not thread-safe. */
    public static final class Builder {

        private static final Duration SHORTEST = Duration.ofMillis(10);
        private static final Duration LONGEST = Duration.ofMinutes(1);

        private final Map<String, Supplier<RedisTier>> tiers = new LinkedHashMap<>();
        private final List<RedisTier> opened = new ArrayList<>();
        private @Nullable String ownZone;
        private Duration patience = Duration.ofMillis(150);

        private Builder() {}

        /**
         * A zone, after those named before, by a connection that {@link #build()} opens and {@link RedisZones#close()}
         * closes.
         *
         * @param name what all nodes call it: letters, digits, {@code . _ -}, 64 at most
         * @param uri where its Redis is, as {@link RedisTier#connect(String)} takes it
         * @return this
         * @throws IllegalArgumentException if the name is taken or no such name
         */
        public Builder zone(String name, String uri) {
            return add(name, () -> {
                RedisTier tier = RedisTier.connect(uri);
                opened.add(tier);
                return tier;
            });
        }

        /**
         * A zone, after those named before, by a connection of the caller's, who closes it after this.
         *
         * @param name what all nodes call it: letters, digits, {@code . _ -}, 64 at most
         * @param redis leads to its Redis
         * @return this
         * @throws IllegalArgumentException if the name is taken or no such name
         */
        public Builder zone(String name, RedisTier redis) {
            return add(name, () -> redis);
        }

        private Builder add(String name, Supplier<RedisTier> tier) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "zone: '" + name + "' is no name; 1 to 64 letters, digits, '.', '_' and '-' are");
            }
            if (tiers.putIfAbsent(name, tier) != null) {
                throw new IllegalArgumentException("zone: '" + name + "' is named twice");
            }
            return this;
        }

        /**
         * In which zone this node is.
         *
         * @param name one of the zones
         * @return this
         */
        public Builder ownZone(String name) {
            ownZone = Objects.requireNonNull(name, "ownZone");
            return this;
        }

        /**
         * How long one answer of a zone is waited for before the caches go on without it. Well below their
         * {@code remoteTimeout}: a write that finds a zone hanging takes as long, and once more to tell the others.
         *
         * @param patience 10 ms to one minute; 150 ms if not set
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer
         */
        public Builder patience(Duration patience) {
            if (patience.compareTo(SHORTEST) < 0 || patience.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("patience: " + patience + " is not within 10 ms to 1 min");
            }
            this.patience = patience;
            return this;
        }

        /**
         * Connects to the zones. Waits for each for two seconds at most, and returns also if it is not there.
         *
         * @return a new connection to all of them, for the caller to close
         * @throws IllegalArgumentException if there are fewer than two zones, the own one is none of them, or one is a Redis
         *     Cluster
         */
        public RedisZones build() {
            String own = ownZone;
            if (tiers.size() < 2) {
                throw new IllegalArgumentException("zone: " + tiers.keySet() + " given; at least two are needed");
            }
            if (own == null || !tiers.containsKey(own)) {
                throw new IllegalArgumentException("ownZone: '" + own + "' is none of " + tiers.keySet());
            }
            try {
                List<Zone> zones = new ArrayList<>();
                tiers.forEach((name, tier) -> {
                    RedisTier redis = tier.get();
                    zones.add(new Zone(name, redis, redis::marks));
                });
                return new RedisZones(List.copyOf(zones), own, ZoneTimes.of(patience), List.copyOf(opened));
            } catch (RuntimeException e) {
                opened.forEach(RedisTier::close);
                throw e;
            }
        }
    }

    @Override
    public String toString() {
        return zones.stream().map(Zone::name).collect(Collectors.joining(", ", "zones ", " from '" + ownZone + "'"));
    }
}
