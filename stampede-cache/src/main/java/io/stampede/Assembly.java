package io.stampede;

import io.stampede.spi.Environment;
import io.stampede.spi.InvalidationBus.Subscription;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Token;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a cache, put together, and what takes them apart again.
 *
 * @param flights the parts, by way of the one that leads to all others
 * @param onClose ends what was started
 */
record Assembly<K, V>(Flights<K, V> flights, Runnable onClose) {

    static <K, V> Assembly<K, V> of(
            Settings<K, V> settings, @Nullable Environment given, @Nullable RemoteConnection connection) {
        Environment environment = given == null ? Environment.system(settings.name()) : given;
        Runnable closeEnvironment = given == null ? environment::close : LocalTier.NOTHING;
        LocalTier<K, V> local = new LocalTier<>(environment, settings.maximumSize(), settings.ttlNanos());
        KeyCodec<K> keyCodec = settings.keyCodec();
        Codec<V> codec = settings.codec();
        if (connection == null || keyCodec == null || codec == null) {
            return new Assembly<>(new Flights<>(settings, environment, local, null), closeEnvironment);
        }
        Token self = environment.newToken();
        RemoteNamespace namespace = new RemoteNamespace(settings.name(), self);
        RemoteTier tier = connection.tier(namespace);
        RemoteGate gate = new RemoteGate(tier, environment, settings.remoteTimeoutNanos(), settings.leaseMillis());
        Remote<V> remote = new Remote<>(gate, environment, settings, codec);
        Flights<K, V> flights = new Flights<>(settings, environment, local, remote);
        Generations<K, V> generations = flights.generations();
        Heartbeat heartbeat = new Heartbeat(flights, remote, generations);
        Subscription subscription =
                connection.bus(namespace).subscribe(new BusListener<>(flights, generations, heartbeat, keyCodec, self));
        heartbeat.start();
        return new Assembly<>(flights, () -> {
            gate.close();
            heartbeat.stop();
            subscription.close();
            tier.close();
            closeEnvironment.run();
        });
    }
}
