package io.stampede.testing;

import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Passes every operation on: for whoever looks on at some of them, or breaks one. */
public class DelegatingRemoteTier implements RemoteTier {

    private final RemoteTier tier;

    /**
     * Passes on to another.
     *
     * @param tier who does the work
     */
    public DelegatingRemoteTier(RemoteTier tier) {
        this.tier = tier;
    }

    @Override
    public int parts() {
        return tier.parts();
    }

    @Override
    public int part(String name) {
        return tier.part(name);
    }

    @Override
    public long session(int part) {
        return tier.session(part);
    }

    @Override
    public CompletionStage<byte @Nullable []> get(String key) {
        return tier.get(key);
    }

    @Override
    public long nearbyLagNanos() {
        return tier.nearbyLagNanos();
    }

    @Override
    public CompletionStage<byte @Nullable []> getNearby(String key) {
        return tier.getNearby(key);
    }

    @Override
    public CompletionStage<List<byte @Nullable []>> getAll(List<String> keys) {
        return tier.getAll(keys);
    }

    @Override
    public CompletionStage<Claim> claim(String key, byte[] seen, Token lease, long leaseMillis, boolean force) {
        return tier.claim(key, seen, lease, leaseMillis, force);
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Token lease, long leaseMillis) {
        return tier.renew(key, lease, leaseMillis);
    }

    @Override
    public CompletionStage<Publication> publish(String key, Token lease, Stored entry) {
        return tier.publish(key, lease, entry);
    }

    @Override
    public CompletionStage<Void> release(String key, Token lease, LoadOutcome outcome) {
        return tier.release(key, lease, outcome);
    }

    @Override
    public CompletionStage<Receipt> put(String key, Stored entry, long notAfterMicros) {
        return tier.put(key, entry, notAfterMicros);
    }

    @Override
    public CompletionStage<Receipt> invalidate(String key) {
        return tier.invalidate(key);
    }

    @Override
    public CompletionStage<Receipt> expire(String key) {
        return tier.expire(key);
    }

    @Override
    public CompletionStage<Generation> generation(int part, Token candidate, long ttlMillis) {
        return tier.generation(part, candidate, ttlMillis);
    }

    @Override
    public CompletionStage<Receipt> clear(Token generation, long ttlMillis) {
        return tier.clear(generation, ttlMillis);
    }

    @Override
    public CompletionStage<TagGeneration> tag(String tag, Token candidate, long ttlMillis) {
        return tier.tag(tag, candidate, ttlMillis);
    }

    @Override
    public CompletionStage<Receipt> invalidateTag(String tag, Token generation, long ttlMillis) {
        return tier.invalidateTag(tag, generation, ttlMillis);
    }

    @Override
    public void close() {
        tier.close();
    }
}
