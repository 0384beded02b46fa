package io.stampede;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The key types that need no codec from the user. Only types that can't be subclassed into something else with another
 * idea of equality.
 */
final class KeyCodecs {

    private static final Map<Class<?>, KeyCodec<?>> BUILT_IN = Map.of(
            String.class, KeyCodec.of((String key) -> key, Function.identity()),
            Long.class, KeyCodec.of((Long key) -> Long.toString(key), Long::valueOf),
            Integer.class, KeyCodec.of((Integer key) -> Integer.toString(key), Integer::valueOf),
            Short.class, KeyCodec.of((Short key) -> Short.toString(key), Short::valueOf),
            Byte.class, KeyCodec.of((Byte key) -> Byte.toString(key), Byte::valueOf),
            Double.class, KeyCodec.of((Double key) -> Double.toString(key), Double::valueOf),
            Float.class, KeyCodec.of((Float key) -> Float.toString(key), Float::valueOf),
            // Unscaled value and scale, because 1.0 and 1.00 are different keys.
            BigDecimal.class, KeyCodec.of(KeyCodecs::decimalText, KeyCodecs::decimal),
            BigInteger.class, KeyCodec.of((BigInteger key) -> key.toString(10), BigInteger::new),
            UUID.class, KeyCodec.of((UUID key) -> key.toString(), UUID::fromString));

    private KeyCodecs() {}

    private static String decimalText(BigDecimal key) {
        return key.unscaledValue().toString(10) + 'e' + key.scale();
    }

    private static BigDecimal decimal(String text) {
        int e = text.indexOf('e');
        return new BigDecimal(new BigInteger(text.substring(0, e)), Integer.parseInt(text.substring(e + 1)));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the map pairs each class with a codec of that class
    static <K> @Nullable KeyCodec<K> builtIn(Class<?> type) {
        if (type.isEnum()) {
            return KeyCodec.of((K key) -> ((Enum<?>) key).name(), text -> (K) Enum.valueOf((Class) type, text));
        }
        return (KeyCodec<K>) BUILT_IN.get(type);
    }
}
