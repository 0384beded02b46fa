package io.stampede;

import io.stampede.Outbox.Item;
import io.stampede.spi.BusMessage.Kind;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.Token;
import java.util.ArrayList;
import java.util.List;
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

    CompletableFuture<WriteResult> put(
            K key, @Nullable String remoteKey, @Nullable V value, CallOptions options, Executor executor) {
        long since = flights.environment.nanoTime();
        Fresh<V> fresh = flights.loads.put(value, options, since);
        if (!fresh.isKept()) {
            return invalidate(key, remoteKey, executor);
        }
        Remote<V> remote = flights.remote;
        if (remote == null || remoteKey == null) {
            return putHere(key, fresh);
        }
        Payloads.Payload payload = encode(remote, key, remoteKey, value); // before anything has changed
        remote.begins(remoteKey);
        Outbox.Ticket ticket = remote.outbox.ticket(Item.key(remoteKey));
        PutFlight<K, V> flight = takeOff(key, fresh);
        return send(remote, remoteKey, payload, fresh, flight)
                .handleAsync(
                        (landing, failure) -> {
                            if (failure == null) {
                                remote.told(Item.key(remoteKey), ticket);
                                landPut(key, flight, landing.entry, landing.receipt);
                                return WriteResult.EVERYWHERE;
                            }
                            // Until its time is up, what was sent may still be carried out.
                            remember(
                                    remote,
                                    Item.key(remoteKey),
                                    since + flights.settings.timeouts().remote());
                            landPutAlone(key, flight, fresh);
                            return WriteResult.QUEUED;
                        },
                        executor);
    }

    private record Landing<V>(Receipt receipt, Entry<V> entry) {}

    /** First the generations of its tags: an invalidation that comes after that takes the value with it. */
    private CompletableFuture<Landing<V>> send(
            Remote<V> remote, String remoteKey, Payloads.Payload payload, Fresh<V> fresh, PutFlight<K, V> flight) {
        Token version = flights.environment.newToken();
        Budget budget = remote.gate.newBudget();
        return flights.tags.resolve(fresh.tags(), budget).thenCompose(tags -> {
            List<Remote.Writing<V>> sent = new ArrayList<>(1);
            return remote.gate
                    .put(budget, remoteKey, () -> {
                        // Its generation is the one known when it is sent, which the first contact may have told just
                        // now.
                        sent.add(remote.write(version, remoteKey, payload, fresh, tags, local.era()));
                        return sent.get(0).stored();
                    })
                    .thenApply(receipt ->
                            new Landing<>(receipt, sent.get(0).localCopy().in(flight.era)));
        });
    }

    CompletableFuture<WriteResult> invalidate(K key, @Nullable String remoteKey, Executor executor) {
        Remote<V> remote = flights.remote;
        if (remote == null || remoteKey == null) {
            return writeHere(key, Kind.INVALIDATED);
        }
        remote.begins(remoteKey);
        Outbox.Ticket ticket = remote.outbox.ticket(Item.key(remoteKey));
        CompletableFuture<Receipt> sent = remote.gate.invalidate(remoteKey);
        return write(key, remote, remoteKey, Kind.INVALIDATED, sent, ticket, executor);
    }

    CompletableFuture<WriteResult> expire(K key, @Nullable String remoteKey, Executor executor) {
        Remote<V> remote = flights.remote;
        if (remote == null || remoteKey == null) {
            return writeHere(key, Kind.EXPIRED);
        }
        remote.begins(remoteKey);
        // A key that waits in the outbox is to be removed from L2: that it was made stale there does not settle it.
        return write(key, remote, remoteKey, Kind.EXPIRED, remote.gate.expire(remoteKey), null, executor);
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
                        remote.told(Item.key(remoteKey), ticket);
                        flights.heard(key, Write.of(kind, Token.NONE, receipt));
                        return WriteResult.EVERYWHERE;
                    }
                    remember(remote, Item.key(remoteKey), flights.environment.nanoTime());
                    flights.heard(key, Write.unordered(kind));
                    return WriteResult.QUEUED;
                },
                executor);
    }

    private CompletableFuture<WriteResult> writeHere(K key, Kind kind) {
        flights.heard(key, Write.unordered(kind));
        return CompletableFuture.completedFuture(WriteResult.EVERYWHERE);
    }

    CompletableFuture<WriteResult> invalidateTag(String tag, Executor executor) {
        Remote<V> remote = flights.remote;
        if (remote == null) {
            flights.tags.invalidated(tag, Token.NONE);
            return CompletableFuture.completedFuture(WriteResult.EVERYWHERE);
        }
        Outbox.Ticket ticket = remote.outbox.ticket(Item.tag(tag));
        Token next = flights.environment.newToken();
        return remote.gate
                .invalidateTag(tag, next, flights.settings.generationTtlMillis())
                .handleAsync(
                        (receipt, failure) -> {
                            if (failure == null) {
                                remote.told(Item.tag(tag), ticket);
                                flights.tags.invalidated(tag, next);
                                return WriteResult.EVERYWHERE;
                            }
                            remember(remote, Item.tag(tag), flights.environment.nanoTime());
                            flights.tags.invalidated(tag, Token.NONE);
                            return WriteResult.QUEUED;
                        },
                        executor);
    }

    private CompletableFuture<WriteResult> putHere(K key, Fresh<V> fresh) {
        local.change(key, slot -> {
            Entry<V> entry = flights.entryOfThisNode(fresh, local.era());
            Runnable answers = slot.current == null
                    ? LocalTier.NOTHING
                    : slot.current.supersedeByPut(slot, entry.as(Result.Source.L1, fresh.since()));
            local.write(key, entry);
            flights.loads.recovered(key);
            return answers;
        });
        return CompletableFuture.completedFuture(WriteResult.EVERYWHERE);
    }

    /** A put is a flight that has its value from the start: who asks while it is under way gets that value. */
    private PutFlight<K, V> takeOff(K key, Fresh<V> fresh) {
        var started = new Object() {
            @Nullable
            PutFlight<K, V> flight;
        };
        local.change(key, slot -> {
            Flight<K, V> before = slot.current;
            Entry<V> entry = flights.entryOfThisNode(fresh, local.era());
            PutFlight<K, V> flight = new PutFlight<>(flights, key, entry, before instanceof PutFlight);
            Runnable answers = before == null
                    ? LocalTier.NOTHING
                    : before.supersedeByPut(slot, entry.as(Result.Source.L1, fresh.since()));
            slot.current = flight;
            started.flight = flight;
            flights.loads.recovered(key);
            return answers;
        });
        return Objects.requireNonNull(started.flight);
    }

    private void landPut(K key, PutFlight<K, V> flight, Entry<V> entry, Receipt receipt) {
        local.change(key, slot -> {
            if (slot.current == flight) {
                slot.current = null;
                if (!flight.overlaps) {
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

    private void landPutAlone(K key, PutFlight<K, V> flight, Fresh<V> fresh) {
        local.change(key, slot -> {
            if (slot.current == flight) {
                slot.current = null;
                local.write(
                        key,
                        flights.entryOfThisNode(
                                fresh, Era.alone(flight.era.generation, flights.environment.nanoTime())));
                return LocalTier.NOTHING;
            }
            local.evictUnless(key, Token.NONE);
            if (slot.current instanceof PutFlight) {
                return LocalTier.NOTHING; // a newer put of this node, which lands for both
            }
            return slot.current == null
                    ? LocalTier.NOTHING
                    : slot.current.hear(slot, Write.unordered(Kind.INVALIDATED));
        });
    }

    private void remember(Remote<V> remote, Item item, long notBefore) {
        if (!remote.outbox.add(item, notBefore)) {
            flights.generations().clearLater(notBefore);
        }
        remote.gate.tellTrouble(); // so that it is told soon, be L2 well otherwise
    }

    private Payloads.Payload encode(Remote<V> remote, K key, String remoteKey, @Nullable V value) {
        try {
            return remote.payload(value, remoteKey);
        } catch (Exception e) {
            throw new IllegalArgumentException(
                    "put: the value for " + flights.settings.subject(key) + " can't be written to the remote tier; "
                            + "nothing was changed",
                    e);
        }
    }
}
