package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.BusMessage;
import io.stampede.spi.InvalidationBus.Subscriber;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What came over the bus. */
final class BusLog implements Subscriber {

    private final List<BusMessage> messages = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void onMessage(BusMessage message) {
        messages.add(message);
    }

    @Override
    public void onUnknownMessage() {
        events.add("unknown");
    }

    @Override
    public void onUp() {
        events.add("up");
    }

    @Override
    public void onDown() {
        events.add("down");
    }

    List<String> events() {
        return events;
    }

    List<BusMessage> messages() {
        return messages;
    }

    void awaitEvents(String... expected) {
        eventually().untilAsserted(() -> assertThat(events).containsExactly(expected));
    }

    void awaitMessages(int count) {
        eventually().untilAsserted(() -> assertThat(messages).hasSize(count));
    }
}
