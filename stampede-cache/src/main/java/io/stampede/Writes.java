package io.stampede;

import io.stampede.spi.BusMessage.Kind;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.Token;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Put, invalidate and expire. L2 orders a write first; its reply then ends on this node whatever it has overtaken, just
 * as its message does on the others. Where L2 can't be reached the write counts here at once, and the outbox remembers
 * the key.
 */
final class Writes<K, V> {

    private final Flights<K, V> flights;
    private final LocalTier<K, V> local;

    Writes(Flights<K, V> flights) {
        this.flights = flights;
        this.local = flights.local;
    }

    CompletableFuture<WriteResult> put(K key, @Nullable String remoteKey, V value, Executor executor) {
        Remote<V> remote = flights.remote;
        if (remote == null || remoteKey == null) {
            return putHere(key, value);
        }
        byte[] payload = encode(remote, key, value); // before anything has changed
        long since = flights.environment.nanoTime();
        Token version = flights.environment.newToken();
        Outbox.Ticket ticket = remote.outbox.ticket(remoteKey);
        Flight<K, V> flight = takeOff(key, value, since);
        return remote.gate
                // Its generation is the one known when it is sent, which the first contact may have told just now.
                .put(remoteKey, () -> remote.store(version, payload, since, 0, local.era()))
                .handleAsync(
                        (receipt, failure) -> {
                            if (failure == null) {
                                remote.outbox.settle(remoteKey, ticket);
                                landPut(key, flight, remote.localCopy(value, version, since, flight.era), receipt);
                                return WriteResult.EVERYWHERE;
                            }
                            // Until its time is up, what was sent may still be carried out.
                            remember(remote, remoteKey, since + flights.settings.remoteTimeoutNanos());
                            landPutAlone(key, flight, value, since);
                            return WriteResult.QUEUED;
                        },
                        executor);
    }

    CompletableFuture<WriteResult> invalidate(K key, @Nullable String remoteKey, Executor executor) {
        Remote<V> remote = flights.remote;
        if (remote == null || remoteKey == null) {
            return writeHere(key, Kind.INVALIDATED);
        }
        Outbox.Ticket ticket = remote.outbox.ticket(remoteKey);
        CompletableFuture<Receipt> sent = remote.gate.invalidate(remoteKey);
        return write(key, remote, remoteKey, Kind.INVALIDATED, sent, ticket, executor);
    }

    CompletableFuture<WriteResult> expire(K key, @Nullable String remoteKey, Executor executor) {
        Remote<V> remote = flights.remote;
        // A key that waits in the outbox is to be removed from L2: that it was made stale there does not settle it.
        return remote == null || remoteKey == null
                ? writeHere(key, Kind.EXPIRED)
                : write(key, remote, remoteKey, Kind.EXPIRED, remote.gate.expire(remoteKey), null, executor);
    }

    private CompletableFuture<WriteResult> write(
            K key,
            Remote<V> remote,
            String remoteKey,
            Kind kind,
            CompletableFuture<Receipt> sent,
            Outbox.@Nullable Ticket ticket,
            Executor executor) {
        return sent.handleAsync(
                (receipt, failure) -> {
                    if (failure == null) {
                        remote.outbox.settle(remoteKey, ticket);
                        flights.heard(key, Write.of(kind, Token.NONE, receipt));
                        return WriteResult.EVERYWHERE;
                    }
                    remember(remote, remoteKey, flights.environment.nanoTime());
                    flights.heard(key, Write.unordered(kind));
                    return WriteResult.QUEUED;
                },
                executor);
    }

    private CompletableFuture<WriteResult> writeHere(K key, Kind kind) {
        flights.heard(key, Write.unordered(kind));
        return CompletableFuture.completedFuture(WriteResult.EVERYWHERE);
    }

    private CompletableFuture<WriteResult> putHere(K key, V value) {
        long now = flights.environment.nanoTime();
        local.change(key, slot -> {
            Runnable answers = slot.current == null ? LocalTier.NOTHING : slot.current.supersedeByPut(slot, value);
            local.write(key, flights.entryOfThisNode(value, now, local.era()));
            return answers;
        });
        return CompletableFuture.completedFuture(WriteResult.EVERYWHERE);
    }

    /** A put is a flight that has its value from the start: who asks while it is under way gets that value. */
    private Flight<K, V> takeOff(K key, V value, long since) {
        var started = new Object() {
            @Nullable
            Flight<K, V> flight;
        };
        local.change(key, slot -> {
            Flight<K, V> before = slot.current;
            Flight<K, V> flight =
                    new Flight<>(flights, key, value, since, local.era(), before != null && before.isPut());
            Runnable answers = before == null ? LocalTier.NOTHING : before.supersedeByPut(slot, value);
            slot.current = flight;
            started.flight = flight;
            return answers;
        });
        return Objects.requireNonNull(started.flight);
    }

    private void landPut(K key, Flight<K, V> flight, Entry<V> entry, Receipt receipt) {
        local.change(key, slot -> {
            if (slot.current == flight) {
                slot.current = null;
                if (!flight.overlapsPut()) {
                    local.write(key, entry);
                    return LocalTier.NOTHING;
                }
            }
            // Two puts have overlapped, and which one L2 carried out last isn't known here: L2 will be asked.
            local.evictUnless(key, Token.NONE);
            return slot.current == null
                    ? LocalTier.NOTHING
                    : slot.current.hear(slot, Write.of(Kind.PUT, entry.version(), receipt));
        });
    }

    private void landPutAlone(K key, Flight<K, V> flight, V value, long since) {
        local.change(key, slot -> {
            if (slot.current == flight) {
                slot.current = null;
                local.write(key, flights.entryOfThisNode(value, since, new Era(flight.era.generation)));
                return LocalTier.NOTHING;
            }
            local.evictUnless(key, Token.NONE);
            if (slot.current != null && slot.current.isPut()) {
                return LocalTier.NOTHING; // a newer put of this node, which lands for both
            }
            return slot.current == null
                    ? LocalTier.NOTHING
                    : slot.current.hear(slot, Write.unordered(Kind.INVALIDATED));
        });
    }

    private void remember(Remote<V> remote, String remoteKey, long notBefore) {
        if (!remote.outbox.add(remoteKey, notBefore)) {
            flights.generations().clearLater(notBefore);
        }
    }

    private byte[] encode(Remote<V> remote, K key, V value) {
        try {
            return remote.encode(value);
        } catch (Exception e) {
            throw new IllegalArgumentException(
                    "put: the value for " + flights.settings.subject(key) + " can't be encoded by the cache's codec; "
                            + "nothing was changed",
                    e);
        }
    }
}
