package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.InvalidationBus.Subscriber;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BusListenerTest {

    private final BusLog log = new BusLog();
    private final List<BusListener> closed = new ArrayList<>();

    @Test
    void isNotToldWhatWasQueuedBeforeItWasClosed() { // KNOWN-BUG 51
        BusListener listener = new BusListener(log, closed::add);
        listener.tell(Subscriber::onUp);
        listener.close();
        listener.close();
        listener.tell(Subscriber::onDown);
        assertThat(log.events()).containsExactly("up");
        assertThat(closed).containsExactly(listener);
    }

    @Test
    void whatASubscriberThrowsGoesNoFurther() {
        BusListener listener = new BusListener(log, closed::add);
        listener.tell(subscriber -> {
            throw new StackOverflowError("as the test wants it");
        });
        listener.tell(Subscriber::onUp);
        assertThat(log.events()).containsExactly("up");
    }
}
