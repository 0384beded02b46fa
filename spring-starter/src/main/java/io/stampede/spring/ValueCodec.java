package io.stampede.spring;

import io.stampede.Codec;
import java.nio.ByteBuffer;

/**
 * The codec of a declared type, which says what is wrong with a value in words that name the type.
 *
 * <p>What it has written it reads back once. Bytes that no node can read would make every read of the remote tier a miss,
 * and a load costs far more than reading its value.
 */
final class ValueCodec implements Codec<Object> {

    private final ValueType type;
    private final Codec<Object> json;

    ValueCodec(ValueType type, Codec<Object> json) {
        this.type = type;
        this.json = json;
    }

    @Override
    public byte[] encode(Object value) {
        byte[] bytes;
        try {
            bytes = json.encode(value);
        } catch (Exception e) {
            throw problem(value, "written", e);
        }
        try {
            json.decode(ByteBuffer.wrap(bytes));
        } catch (Exception e) {
            throw problem(value, "read back", e);
        }
        return bytes;
    }

    private IllegalArgumentException problem(Object value, String what, Exception cause) {
        return new IllegalArgumentException(
                "A " + value.getClass().getName() + " can't be " + what + " as JSON of the declared type " + type
                        + " and stays on its node. Change the class, or set 'stampede.caches.<name>.type' to the type "
                        + "that is cached: " + cause.getMessage(),
                cause);
    }

    @Override
    public Object decode(ByteBuffer bytes) throws Exception {
        return json.decode(bytes);
    }

    @Override
    public String schemaId() {
        return json.schemaId();
    }
}
