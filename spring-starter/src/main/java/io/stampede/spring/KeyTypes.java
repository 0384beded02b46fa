package io.stampede.spring;

import io.stampede.KeyCodec;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The types of what a key is made of: what stands for the type in a key's text, and how the rest is written and read. */
final class KeyTypes {

    /** Begins the name of an enum, which is followed by its class. */
    private static final String ENUM = "enum ";

    /** Begins the name of a type that the user has a codec for, which is followed by its class. */
    private static final String OWN = "type ";

    private static final Map<Class<?>, KeyType> BUILT_IN = new HashMap<>();
    private static final Map<String, KeyType> BUILT_IN_BY_NAME = new HashMap<>();

    static {
        builtIn("s", String.class, key -> key, text -> text);
        builtIn("int", Integer.class, Object::toString, Integer::valueOf);
        builtIn("long", Long.class, Object::toString, Long::valueOf);
        builtIn("short", Short.class, Object::toString, Short::valueOf);
        builtIn("byte", Byte.class, Object::toString, Byte::valueOf);
        builtIn("char", Character.class, Object::toString, KeyTypes::character);
        builtIn("boolean", Boolean.class, Object::toString, KeyTypes::bool);
        builtIn("double", Double.class, Object::toString, Double::valueOf);
        builtIn("float", Float.class, Object::toString, Float::valueOf);
        builtIn("BigInteger", BigInteger.class, Object::toString, BigInteger::new);
        builtIn("BigDecimal", BigDecimal.class, Object::toString, BigDecimal::new); // 1.0 and 1.00 are different keys
        builtIn("UUID", UUID.class, Object::toString, UUID::fromString);
        builtIn("Instant", Instant.class, Object::toString, Instant::parse);
        builtIn("Duration", Duration.class, Object::toString, Duration::parse);
        builtIn("Period", Period.class, Object::toString, Period::parse);
        builtIn("LocalDate", LocalDate.class, Object::toString, LocalDate::parse);
        builtIn("LocalTime", LocalTime.class, Object::toString, LocalTime::parse);
        builtIn("LocalDateTime", LocalDateTime.class, Object::toString, LocalDateTime::parse);
        builtIn("OffsetTime", OffsetTime.class, Object::toString, OffsetTime::parse);
        builtIn("OffsetDateTime", OffsetDateTime.class, Object::toString, OffsetDateTime::parse);
        builtIn("ZonedDateTime", ZonedDateTime.class, Object::toString, ZonedDateTime::parse);
        builtIn("ZoneOffset", ZoneOffset.class, ZoneOffset::getId, ZoneOffset::of);
        builtIn("MonthDay", MonthDay.class, Object::toString, MonthDay::parse);
        // Beyond the year 9999 these two can't read what they write.
        builtIn("Year", Year.class, Object::toString, text -> Year.of(Integer.parseInt(text)));
        builtIn("YearMonth", YearMonth.class, Object::toString, KeyTypes::yearMonth);
    }

    /** What can have been in a key here: the user's types, and the enums that this cache has met. */
    private final Map<String, KeyType> met = new ConcurrentHashMap<>();

    private final Map<Class<?>, KeyType> own = new HashMap<>();

    KeyTypes(Map<Class<?>, KeyCodec<?>> userCodecs) {
        userCodecs.forEach((type, codec) -> {
            KeyType keyType = userType(type, codec);
            own.put(type, keyType);
            met.put(keyType.name, keyType);
        });
    }

    /** Says that a text names a class that this cache never had in a key. */
    static final class ForeignException extends Exception {

        private static final long serialVersionUID = 1;

        private ForeignException(String type) {
            super(type);
        }
    }

    /** One type: its name, which holds no colon, and what follows the colon. */
    record KeyType(String name, Function<Object, String> write, Reader read) {}

    /** Reads what follows a type's name. */
    interface Reader {
        Object read(String text) throws ForeignException;
    }

    @SuppressWarnings("unchecked") // it is only given keys of its class
    private static <K> void builtIn(
            String name, Class<K> type, Function<? super K, String> write, Function<String, ? extends K> read) {
        KeyType keyType = new KeyType(name, key -> write.apply((K) key), read::apply);
        BUILT_IN.put(type, keyType);
        BUILT_IN_BY_NAME.put(name, keyType);
    }

    @SuppressWarnings("unchecked") // it is only given keys of its class
    private static KeyType userType(Class<?> type, KeyCodec<?> codec) {
        KeyCodec<Object> ofType = (KeyCodec<Object>) codec;
        return new KeyType(OWN + type.getName(), ofType::encode, ofType::decode);
    }

    private static KeyType enumType(Class<?> type) {
        String name = ENUM + type.getName();
        return new KeyType(name, key -> ((Enum<?>) key).name(), text -> constant(type, text));
    }

    private static Object constant(Class<?> type, String name) throws ForeignException {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new ForeignException(name); // of a newer version of the application
    }

    private static Character character(String text) {
        if (text.length() != 1) {
            throw new IllegalArgumentException("'" + text + "' is not one character");
        }
        return text.charAt(0);
    }

    private static Boolean bool(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        }
        return text.equals("true");
    }

    private static YearMonth yearMonth(String text) {
        int dash = text.lastIndexOf('-');
        return YearMonth.of(Integer.parseInt(text.substring(0, dash)), Integer.parseInt(text.substring(dash + 1)));
    }

    /** The type of a key or of a part of one; null if it has none. */
    @Nullable
    KeyType of(Object key) {
        Class<?> type = key instanceof Enum<?> constant ? constant.getDeclaringClass() : key.getClass();
        KeyType found = own.get(type);
        if (found == null) {
            found = BUILT_IN.get(type);
        }
        return found == null && type.isEnum() ? met(enumType(type)) : found;
    }

    private KeyType met(KeyType type) {
        KeyType before = met.putIfAbsent(type.name, type);
        return before == null ? type : before;
    }

    /**
     * The type that a text names.
     *
     * @throws ForeignException if it is an enum or a type of the user's that this cache has not met
     * @throws IllegalArgumentException if there is no such type
     */
    KeyType named(String name) throws ForeignException {
        KeyType type = BUILT_IN_BY_NAME.get(name);
        if (type == null) {
            type = met.get(name);
        }
        if (type != null) {
            return type;
        }
        if (name.startsWith(ENUM) || name.startsWith(OWN)) {
            throw new ForeignException(name);
        }
        throw new IllegalArgumentException("There is no type of keys that is called '" + name + "'");
    }
}
