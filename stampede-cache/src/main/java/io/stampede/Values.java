package io.stampede;

import io.stampede.Payloads.Payload;
import org.jspecify.annotations.Nullable;

/** Values as bytes in L2 and back: the codec, and what is done to its bytes. */
final class Values<V> {

    private static final System.Logger LOG = System.getLogger(Values.class.getName());
    private static final byte[] NO_BYTES = {};

    final long schema;

    private final String cache;
    private final Codec<V> codec;
    private final Payloads payloads;
    private final Events events;

    Values(String cache, Codec<V> codec, Payloads payloads, Events events) {
        this.schema = Schemas.hash(codec.schemaId());
        this.cache = cache;
        this.codec = codec;
        this.payloads = payloads;
        this.events = events;
    }

    /** The payload of a value, or of the news that the source has none, which is protected in the same way. */
    Payload encode(@Nullable V value, String remoteKey) throws Exception {
        return value == null
                ? payloads.encode(NO_BYTES, Envelope.ABSENT, place(remoteKey))
                : payloads.encode(codec.encode(value), 0, place(remoteKey));
    }

    /** Bytes that can't be decoded are a miss, whatever the codec throws. */
    @Nullable
    Decoded<V> decode(Envelope envelope, String remoteKey) {
        try {
            int flags = envelope.header().flags();
            var bytes = payloads.decode(envelope.payload(), flags, place(remoteKey));
            return new Decoded<>(envelope.header().has(Envelope.ABSENT) ? null : codec.decode(bytes));
        } catch (Exception | LinkageError | StackOverflowError e) {
            undecodable(e);
            return null;
        }
    }

    /** A value, or null for the news that there is none. */
    record Decoded<V>(@Nullable V value) {}

    private String place(String remoteKey) {
        return payloads.isEncrypting() ? cache + '\0' + schema + '\0' + remoteKey : remoteKey;
    }

    void undecodable(@Nullable Throwable cause) {
        events.tell(CacheListener::onUndecodable);
        LOG.log(
                System.Logger.Level.DEBUG,
                () -> "Cache '" + cache + "': an entry in L2 can't be decoded and will be replaced",
                cause);
    }
}
