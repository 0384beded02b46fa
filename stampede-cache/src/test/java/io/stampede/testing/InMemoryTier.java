package io.stampede.testing;

import io.stampede.spi.BusMessage;
import io.stampede.spi.BusMessage.Kind;
import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import io.stampede.testing.InMemoryStore.PartOfCache;
import io.stampede.testing.InMemoryStore.Slot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One node's view of one cache in the double. Every operation runs whole under the double's lock. */
final class InMemoryTier implements RemoteTier {

    private final InMemoryRemote remote;
    private final RemoteNamespace namespace;
    private final InMemoryStore store;
    private final InMemoryBus bus;

    InMemoryTier(InMemoryRemote remote, RemoteNamespace namespace, InMemoryStore store, InMemoryBus bus) {
        this.remote = remote;
        this.namespace = namespace;
        this.store = store;
        this.bus = bus;
    }

    @Override
    public int parts() {
        return store.parts();
    }

    @Override
    public int part(String name) {
        return store.part(name);
    }

    @Override
    public long session(int part) {
        return remote.session(part);
    }

    @Override
    public CompletionStage<byte @Nullable []> get(String key) {
        return run("get", key, () -> entry(key));
    }

    @Override
    public long nearbyLagNanos() {
        return remote.nearbyLagNanos();
    }

    @Override
    public CompletionStage<byte @Nullable []> getNearby(String key) {
        return run("getNearby", key, () -> store.copy(slot(key), namespace.schema()));
    }

    @Override
    public CompletionStage<List<byte @Nullable []>> getAll(List<String> keys) {
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        List<String> asked = List.copyOf(keys);
        return run("getAll", asked.toString(), () -> {
            List<byte @Nullable []> entries = new ArrayList<>();
            asked.forEach(key -> {
                store.readClock(part(key));
                entries.add(entry(key));
            });
            return entries;
        });
    }

    private byte @Nullable [] entry(String key) {
        return store.entry(slot(key), namespace.schema());
    }

    @Override
    public CompletionStage<Claim> claim(String key, byte[] seen, Token lease, long leaseMillis, boolean force) {
        byte[] seenNow = seen.clone();
        return run("claim", key, () -> claimNow(slot(key), seenNow, lease, leaseMillis, force));
    }

    private Claim claimNow(Slot slot, byte[] seen, Token lease, long leaseMillis, boolean force) {
        long now = store.now();
        if (!force) {
            byte[] entry = store.entry(slot, namespace.schema());
            if (entry != null && entry.length > 0 && !Arrays.equals(stamp(entry), seen)) {
                return new Claim.Found(entry, now);
            }
            Token holder = store.lease(slot);
            if (holder != null && !holder.equals(lease)) {
                return new Claim.Held(holder, store.leaseRemainingMillis(slot), now);
            }
        }
        store.setLease(slot, lease, leaseMillis);
        return new Claim.Granted(now);
    }

    private static byte[] stamp(byte[] entry) {
        return Arrays.copyOf(entry, Math.min(entry.length, STAMP_BYTES));
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Token lease, long leaseMillis) {
        return run("renew", key, () -> {
            boolean held = lease.equals(store.lease(slot(key)));
            if (held) {
                store.setLease(slot(key), lease, leaseMillis);
            }
            return held;
        });
    }

    @Override
    public CompletionStage<Publication> publish(String key, Token lease, Stored entry) {
        return run("publish", key, () -> {
            if (!lease.equals(store.lease(slot(key)))) {
                return store.holdsAsWritten(slot(key), namespace.schema(), entry.bytes())
                        ? Publication.ALREADY_MINE
                        : Publication.REFUSED;
            }
            store.publishEntry(slot(key), namespace.schema(), entry.bytes(), entry.expiresAtMillis());
            store.removeLease(slot(key));
            tell(Kind.PUBLISHED, entry.version(), key, Token.NONE);
            return Publication.PUBLISHED;
        });
    }

    @Override
    public CompletionStage<Void> release(String key, Token lease, LoadOutcome outcome) {
        return run("release", key, () -> {
            if (lease.equals(store.lease(slot(key)))) {
                store.removeLease(slot(key));
                tell(part(key), Token.NONE, BusMessage.encodeReleaseTail(outcome, namespace.node(), lease, key));
            }
            return null;
        });
    }

    @Override
    public CompletionStage<Receipt> put(String key, Stored entry, long notAfterMicros) {
        return run("put", key, () -> {
            if (store.now() > notAfterMicros) {
                return new Receipt(false, Token.NONE, store.now());
            }
            store.setEntry(slot(key), entry.bytes(), entry.expiresAtMillis());
            return written(Kind.PUT, entry.version(), key);
        });
    }

    @Override
    public CompletionStage<Receipt> invalidate(String key) {
        return run("invalidate", key, () -> {
            store.removeEntry(slot(key));
            return written(Kind.INVALIDATED, Token.NONE, key);
        });
    }

    @Override
    public CompletionStage<Receipt> expire(String key) {
        return run("expire", key, () -> {
            store.expireEntry(slot(key));
            return written(Kind.EXPIRED, Token.NONE, key);
        });
    }

    @Override
    public CompletionStage<Generation> generation(int part, Token candidate, long ttlMillis) {
        PartOfCache counted = new PartOfCache(namespace.cache(), part);
        return remote.run(namespace, "generation", "", part, () -> {
            Token current = store.generation(counted);
            Token generation = current == null ? candidate : current;
            store.setGeneration(counted, generation, ttlMillis);
            return new Generation(generation, store.messages(counted), store.server(part), store.now());
        });
    }

    @Override
    public CompletionStage<Receipt> clear(Token generation, long ttlMillis) {
        return remote.run(namespace, "clear", "", 0, () -> {
            store.setGeneration(new PartOfCache(namespace.cache(), 0), generation, ttlMillis);
            tell(Kind.CLEARED, generation, "", Token.NONE);
            return new Receipt(true, Token.NONE, store.now());
        });
    }

    @Override
    public CompletionStage<TagGeneration> tag(String tag, Token candidate, long ttlMillis) {
        return run("tag", tag, () -> store.useTag(slot(tag), candidate, ttlMillis));
    }

    @Override
    public CompletionStage<Receipt> invalidateTag(String tag, Token generation, long ttlMillis) {
        return run("invalidateTag", tag, () -> {
            store.setTag(slot(tag), generation, ttlMillis);
            tell(Kind.TAG_INVALIDATED, generation, tag, Token.NONE);
            return new Receipt(true, Token.NONE, store.now());
        });
    }

    @Override
    public void close() {
        // holds nothing of its own
    }

    private Receipt written(Kind kind, Token token, String key) {
        Token revoked = store.removeLease(slot(key));
        tell(kind, token, key, revoked);
        return new Receipt(true, revoked, store.now());
    }

    private void tell(Kind kind, Token token, String key, Token revoked) {
        tell(kind == Kind.CLEARED ? 0 : part(key), revoked, BusMessage.encodeTail(kind, namespace.node(), token, key));
    }

    private void tell(int part, Token revoked, byte[] tail) {
        long number = store.nextMessage(new PartOfCache(namespace.cache(), part));
        bus.publish(namespace.cache(), store.now(), revoked, number, tail);
    }

    private Slot slot(String keyOrTag) {
        return new Slot(namespace.cache(), keyOrTag);
    }

    private <T extends @Nullable Object> CompletionStage<T> run(String operation, String key, Supplier<T> action) {
        return remote.run(namespace, operation, key, part(key), action);
    }
}
