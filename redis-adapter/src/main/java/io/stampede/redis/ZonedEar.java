package io.stampede.redis;

import static java.lang.System.Logger.Level.ERROR;

import io.stampede.spi.BusMessage;
import io.stampede.spi.InvalidationBus.Subscriber;
import io.stampede.spi.InvalidationBus.Subscription;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A subscription to the bus of whichever zone is heard. A change of the zone is told as a loss and a return: what is said in
 * one zone is said in the other, but neither at the same time nor under the same number.
 *
 * <p>Thread-safe. What comes in from anywhere waits in one line, and is told by whoever finds nobody else at it.
 */
final class ZonedEar implements Subscription {

    private static final System.Logger LOG = System.getLogger(ZonedEar.class.getName());

    private final ZonedCache cache;
    private final Subscriber subscriber;
    private final Runnable onClose;
    private final Runnable follower = this::follow;
    private final Queue<Runnable> line = new ArrayDeque<>();
    private boolean telling;
    private volatile boolean closed;

    // What follows is touched by what stands in line only.
    private @Nullable Relay current;
    private boolean up;

    ZonedEar(ZonedCache cache, Subscriber subscriber, Runnable onClose) {
        this.cache = cache;
        this.subscriber = subscriber;
        this.onClose = onClose;
    }

    void open() {
        cache.follow(follower);
        follow();
    }

    private void follow() {
        tell(() -> change(cache.view()));
    }

    private void change(View view) {
        Member heard = view.heard();
        Relay before = current;
        if (heard == null || (before != null && before.member == heard)) {
            return;
        }
        if (before != null) {
            before.close();
            if (up) {
                up = false;
                subscriber.onDown();
            }
        }
        Relay next = new Relay(heard, view);
        current = next;
        next.subscription = heard.bus.subscribe(next);
    }

    private void tell(Runnable task) {
        synchronized (line) {
            line.add(task);
            if (telling) {
                return;
            }
            telling = true;
        }
        for (Runnable next = next(); next != null; next = next()) {
            try {
                next.run();
            } catch (RuntimeException | Error e) {
                LOG.log(ERROR, () -> "A subscriber of the bus failed; it may now serve old values: " + subscriber, e);
            }
        }
    }

    private @Nullable Runnable next() {
        synchronized (line) {
            Runnable next = line.poll();
            telling = next != null;
            return next;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            cache.unfollow(follower);
            tell(() -> {
                if (current != null) {
                    current.close();
                }
            });
            onClose.run();
        }
    }

    /** What one zone says, as long as it is the one that is heard. */
    private final class Relay implements Subscriber {

        private final Member member;
        private final View view;
        private @Nullable Subscription subscription;

        Relay(Member member, View view) {
            this.member = member;
            this.view = view;
        }

        private void close() {
            if (subscription != null) {
                subscription.close();
            }
        }

        private void relay(Runnable call) {
            tell(() -> {
                if (current == this && !closed) {
                    call.run();
                }
            });
        }

        @Override
        public void onMessage(BusMessage message) {
            relay(() -> subscriber.onMessage(view.told(message)));
        }

        @Override
        public void onUnknownMessage() {
            relay(subscriber::onUnknownMessage);
        }

        @Override
        public void onUp() {
            relay(() -> {
                up = true;
                subscriber.onUp();
            });
        }

        @Override
        public void onDown() {
            cache.lookAgain(); // the zone may have been away, and the others have written without it
            relay(() -> {
                up = false;
                subscriber.onDown();
            });
        }
    }
}
