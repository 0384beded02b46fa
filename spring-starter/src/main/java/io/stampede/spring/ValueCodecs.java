package io.stampede.spring;

import io.stampede.Codec;
import io.stampede.JsonCodec;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

final class ValueCodecs {
    Codec<Object> codec(ValueType type) {
        return JsonCodec.of(JsonMapper.builder().build(), new TypeReference<Object>() {
            @Override
            public java.lang.reflect.Type getType() {
                return type.type();
            }
        });
    }
}
