package io.stampede.spring;

import io.stampede.KeyCodec;

/**
 * Tells a key that can't be written from whatever a load may throw.
 *
 * @param codec does the work
 */
record GuardedKeys(KeyCodec<Object> codec) implements KeyCodec<Object> {

    @Override
    public String encode(Object key) {
        try {
            return codec.encode(key);
        } catch (RuntimeException e) {
            throw new KeyRefusedException(e);
        }
    }

    @Override
    public Object decode(String text) {
        return codec.decode(text);
    }
}
