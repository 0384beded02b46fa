package io.stampede;

import io.stampede.spi.Environment;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.Token;

/**
 * The right to publish one rebuild: renewed while its loader runs, and given back when it ends without a value.
 *
 * <p>Thread-safe.
 */
final class Lease {

    final Token token;

    private final RemoteGate gate;
    private final Environment environment;
    private final String remoteKey;
    private final long ttlNanos;
    private final long grantedMicros;
    private final long claimedAt;
    private volatile Runnable timer = LocalTier.NOTHING;
    private volatile boolean stopped;
    private volatile long lastRenewal;

    Lease(
            RemoteGate gate,
            Environment environment,
            String remoteKey,
            long ttlMillis,
            Token token,
            long grantedMicros,
            long claimedAt) {
        this.gate = gate;
        this.environment = environment;
        this.remoteKey = remoteKey;
        this.ttlNanos = ttlMillis * 1_000_000;
        this.token = token;
        this.grantedMicros = grantedMicros;
        this.claimedAt = claimedAt;
        this.lastRenewal = claimedAt;
    }

    /** Whether a write has taken this lease away, as far as can be told from the order in which L2 saw the two. */
    boolean isEndedBy(Write write) {
        return write.ends(token, grantedMicros);
    }

    boolean isRevokedBy(Write write) {
        return write.revoked().equals(token);
    }

    /** Whether this generation of a tag has lasted since before the lease was granted, and hence through the load. */
    boolean covers(TagEra tag) {
        return tag.coversSince(claimedAt, gate.part(remoteKey), grantedMicros);
    }

    /** Renews the lease from now on, until it is stopped or lost. */
    void keep(Runnable onLost) {
        renewLater(onLost);
    }

    /** Whether it may have expired, by this node's own clock: after a pause of the process nobody has told it yet. */
    boolean mayHaveExpired() {
        return environment.nanoTime() - lastRenewal >= ttlNanos;
    }

    void stop() {
        stopped = true;
        timer.run();
    }

    void giveBack(LoadOutcome outcome) {
        stop();
        gate.release(remoteKey, token, outcome);
    }

    private void renewLater(Runnable onLost) {
        timer = environment.schedule(() -> renew(onLost), ttlNanos / 3);
        if (stopped) {
            timer.run();
        }
    }

    private void renew(Runnable onLost) {
        if (stopped) {
            return;
        }
        long sent = environment.nanoTime();
        gate.renew(remoteKey, token).whenComplete((kept, failure) -> {
            if (failure == null && kept) {
                lastRenewal = sent;
                renewLater(onLost);
            } else if (failure != null && !mayHaveExpired()) {
                renewLater(onLost); // it may still be ours
            } else if (!stopped) {
                onLost.run();
            }
        });
    }
}
