package io.stampede;

import io.stampede.spi.Environment;
import io.stampede.spi.InvalidationBus.Subscription;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Token;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a cache, put together, and what takes them apart again.
 *
 * @param flights the parts, by way of the one that leads to all others
 * @param keyCodec writes keys for the remote tier; null without one
 * @param health looks at the parts
 * @param bypass switches the remote tier off and on
 * @param onClose ends what was started
 */
record Assembly<K, V>(
        Flights<K, V> flights,
        @Nullable KeyCodec<K> keyCodec,
        HealthCheck health,
        Consumer<Boolean> bypass,
        Runnable onClose) {

    /** What a cache needs to have a remote tier. */
    record RemoteParts<K, V>(
            RemoteConnection connection,
            KeyCodec<K> keyCodec,
            Codec<V> codec,
            int compressAbove,
            int maxValueSize,
            @Nullable EncryptionKeys encryptionKeys) {

        private Values<V> values(String cache, Environment environment, Events events) {
            Encryption encryption = encryptionKeys == null ? null : new Encryption(encryptionKeys, environment);
            return new Values<>(cache, codec, new Payloads(compressAbove, maxValueSize, encryption), events);
        }
    }

    static <K, V> Assembly<K, V> of(
            Settings<K, V> settings,
            @Nullable Environment given,
            List<CacheListener> listeners,
            @Nullable RemoteParts<K, V> remoteParts) {
        Environment environment = given == null ? Environment.system(settings.name()) : given;
        Runnable closeEnvironment = given == null ? environment::close : LocalTier.NOTHING;
        Events events = new Events(listeners.toArray(CacheListener[]::new));
        LocalTier<K, V> local = new LocalTier<>(
                environment,
                events,
                settings.maximumSize(),
                remoteParts == null ? Long.MAX_VALUE : settings.away().suspectAfter());
        events.tell(each -> each.onBuilt(settings.name(), local::estimatedSize));
        if (remoteParts == null) {
            Flights<K, V> flights = new Flights<>(settings, environment, events, local, null);
            return new Assembly<>(flights, null, new HealthCheck(flights, null), bypassed -> {}, closeEnvironment);
        }
        Values<V> values = remoteParts.values(settings.name(), environment, events);
        Token self = environment.newToken();
        RemoteNamespace namespace = new RemoteNamespace(settings.name(), self, values.schema);
        RemoteTier tier = remoteParts.connection.tier(namespace);
        RemoteGate gate = new RemoteGate(tier, environment, events, settings);
        Hearing hearing = new Hearing(gate.parts());
        Remote<V> remote = new Remote<>(gate, hearing, environment, settings, values);
        Flights<K, V> flights = new Flights<>(settings, environment, events, local, remote);
        Generations<K, V> generations = flights.generations();
        Heartbeat heartbeat = new Heartbeat(flights, remote, generations, hearing, remoteParts.connection::check);
        Subscription subscription = remoteParts
                .connection
                .bus(namespace)
                .subscribe(new BusListener<>(
                        flights, generations, heartbeat, hearing, remoteParts.keyCodec, self, gate::part));
        heartbeat.start();
        HealthCheck health = new HealthCheck(flights, hearing);
        return new Assembly<>(flights, remoteParts.keyCodec, health, heartbeat::bypass, () -> {
            gate.close();
            heartbeat.stop();
            subscription.close();
            tier.close();
            closeEnvironment.run();
        });
    }
}
