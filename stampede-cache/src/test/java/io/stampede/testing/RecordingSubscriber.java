package io.stampede.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.spi.BusMessage;
import io.stampede.spi.InvalidationBus.Subscriber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Writes down what it hears. Thread-safe. */
final class RecordingSubscriber implements Subscriber {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<BusMessage> messages = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private volatile Runnable reaction = () -> {};

    @Override
    public void onMessage(BusMessage message) {
        synchronized (this) {
            messages.add(message);
        }
        reaction.run();
    }

    @Override
    public synchronized void onUnknownMessage() {
        events.add("unknown");
    }

    @Override
    public synchronized void onUp() {
        events.add("up");
    }

    @Override
    public synchronized void onDown() {
        events.add("down");
    }

    /** From now on, does this after writing down a message. */
    void onEachMessage(Runnable newReaction) {
        reaction = newReaction;
    }

    synchronized List<BusMessage> messages() {
        return List.copyOf(messages);
    }

    private synchronized List<String> events() {
        return List.copyOf(events);
    }

    /** Waits until these are all the events there were. */
    void awaitEvents(String... expected) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(events()).containsExactly(expected));
    }

    /** Waits for a message about each of these keys. */
    void awaitMessagesOf(Collection<String> keys) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .pollDelay(Duration.ZERO)
                .until(() -> messages().stream()
                        .map(BusMessage::key)
                        .collect(Collectors.toSet())
                        .containsAll(keys));
    }
}
