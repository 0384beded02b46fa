package io.stampede.redis;

import static java.lang.System.Logger.Level.DEBUG;

import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RLock;

/**
 * A remote tier whose rebuilders are elected by Redisson's locks. The lease still fences: it alone lets a value be
 * published, and it is granted by one atomic step in Redis. So whatever becomes of a lock, no more than one node has the
 * lease of a key.
 *
 * <p>A claim first tries to take the key's lock.
 *
 * <ul>
 *   <li>Who gets it looks a second time and takes the lease, by the claim script. If that grants nothing (a value is
 *       there by now, or another node has the lease, one that doesn't lock), the lock is freed.
 *   <li>Who doesn't get it waits for {@value #HEAD_START_MILLIS} ms, time enough for the winner to take the lease, and
 *       then runs the same script, whose answer counts: the value, the holder's lease to wait for, or the lease itself.
 *       The last is the case where the lock's holder has no lease any more, because a write has revoked it or because
 *       its process is dead. Else a dead holder's key would be closed for as long as Redisson's watchdog has set
 *       ({@code lockWatchdogTimeout}, 30 s), instead of for the rest of its lease.
 *   <li>Who claims by force asks nobody, and no lock.
 * </ul>
 *
 * <p>Redisson's watchdog renews the lock while the load runs. It is freed when the load publishes or is given up, when
 * the lease turns out to be lost, and at the latest when the lease has not been renewed for its TTL: a load that was
 * superseded just stops renewing.
 *
 * <p>Thread-safe.
 */
final class RedissonClaims implements RemoteTier {

    /** A lock's winner needs one round trip to take the lease. */
    private static final int HEAD_START_MILLIS = 3;

    private static final System.Logger LOG = System.getLogger(RedissonClaims.class.getName());

    private final RemoteTier tier;
    private final RedisKeys keys;
    private final Function<String, RLock> locks;
    private final ScheduledExecutorService timer;
    private final Map<Token, Election> won = new ConcurrentHashMap<>();

    RedissonClaims(RemoteTier tier, RedisKeys keys, Function<String, RLock> locks, ScheduledExecutorService timer) {
        this.tier = tier;
        this.keys = keys;
        this.locks = locks;
        this.timer = timer;
    }

    /** The lock of a key on behalf of one claim. Redisson tells holders apart by a number, here the lease's. */
    private final class Election {

        private final RLock lock;
        private final long holder;
        private @Nullable Future<?> end;
        private boolean ended;

        Election(String key, Token lease) {
            this.lock = locks.apply(new String(keys.lock(key), StandardCharsets.UTF_8));
            this.holder = lease.high() ^ lease.low();
        }

        CompletionStage<Boolean> take() {
            return lock.tryLockAsync(holder).handle((taken, failure) -> {
                if (failure != null) {
                    throw RedissonErrors.failed("LOCK", failure);
                }
                return taken;
            });
        }

        /** Keeps the lock for so long at most, from now. */
        synchronized void keep(Token lease, long millis) {
            if (end != null) {
                end.cancel(false);
            }
            if (!ended) {
                try {
                    end = timer.schedule(() -> endOf(lease), millis, TimeUnit.MILLISECONDS);
                } catch (RejectedExecutionException e) {
                    endOf(lease); // the tier was closed meanwhile: nobody would end it later
                }
            }
        }

        /** Frees the lock if it is still held by this claim, and never another's. Idempotent. */
        synchronized void end() {
            if (end != null) {
                end.cancel(false);
            }
            if (!ended) {
                ended = true;
                try {
                    lock.unlockAsync(holder).whenComplete((nothing, failure) -> {
                        if (failure != null) {
                            notFreed(failure);
                        }
                    });
                } catch (RuntimeException e) {
                    notFreed(e); // the client was shut down
                }
            }
        }

        /** Be it that it was lost before, or that it will expire: no caller's business. */
        private void notFreed(Throwable failure) {
            LOG.log(DEBUG, () -> "The lock " + lock.getName() + " was not freed", failure);
        }
    }

    @Override
    public CompletionStage<Claim> claim(String key, byte[] seen, Token lease, long leaseMillis, boolean force) {
        if (force || won.containsKey(lease)) {
            return tier.claim(key, seen, lease, leaseMillis, force);
        }
        try {
            Election election = new Election(key, lease);
            return election.take()
                    .thenCompose(taken -> taken
                            ? secondLook(election, key, seen, lease, leaseMillis)
                            : afterHeadStart(() -> tier.claim(key, seen, lease, leaseMillis, false)));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<Claim> secondLook(
            Election election, String key, byte[] seen, Token lease, long leaseMillis) {
        won.put(lease, election);
        return tier.claim(key, seen, lease, leaseMillis, false).whenComplete((claim, failure) -> {
            if (claim instanceof Claim.Granted) {
                election.keep(lease, leaseMillis);
            } else {
                endOf(lease);
            }
        });
    }

    private CompletionStage<Claim> afterHeadStart(Supplier<CompletionStage<Claim>> claim) {
        CompletableFuture<Claim> answer = new CompletableFuture<>();
        Runnable start = () -> claim.get().whenComplete((reply, failure) -> {
            if (failure == null) {
                answer.complete(reply);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        timer.schedule(start, HEAD_START_MILLIS, TimeUnit.MILLISECONDS);
        return answer;
    }

    private void endOf(Token lease) {
        Election election = won.remove(lease);
        if (election != null) {
            election.end();
        }
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Token lease, long leaseMillis) {
        return tier.renew(key, lease, leaseMillis).whenComplete((kept, failure) -> {
            Election election = won.get(lease);
            if (failure == null && !kept) {
                endOf(lease);
            } else if (failure == null && election != null) {
                election.keep(lease, leaseMillis);
            }
        });
    }

    @Override
    public CompletionStage<Publication> publish(String key, Token lease, Stored entry) {
        return tier.publish(key, lease, entry).whenComplete((publication, failure) -> {
            if (failure == null) {
                endOf(lease); // else it will be tried again
            }
        });
    }

    @Override
    public CompletionStage<Void> release(String key, Token lease, LoadOutcome outcome) {
        return tier.release(key, lease, outcome).whenComplete((nothing, failure) -> endOf(lease));
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
    public CompletionStage<List<byte @Nullable []>> getAll(List<String> wanted) {
        return tier.getAll(wanted);
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
        List.copyOf(won.keySet()).forEach(this::endOf);
        tier.close();
    }
}
