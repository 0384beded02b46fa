package io.stampede.spring;

import io.stampede.KeyCodec;
import java.util.Map;

final class SpringKeys implements KeyCodec<Object> {
    SpringKeys(String cache, Map<Class<?>, KeyCodec<?>> user) {}

    @Override
    public String encode(Object key) {
        return key.getClass().getSimpleName() + ":" + key;
    }

    @Override
    public Object decode(String text) {
        return text.startsWith("Long:")
                ? (Object) Long.valueOf(text.substring(5))
                : text.substring(text.indexOf(':') + 1);
    }
}
