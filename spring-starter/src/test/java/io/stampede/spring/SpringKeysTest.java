package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stampede.KeyCodec;
import io.stampede.spring.SpringKeys.ForeignKey;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
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
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cache.interceptor.SimpleKey;

class SpringKeysTest {

    private final SpringKeys keys = new SpringKeys("products", Map.of());

    enum Color {
        RED,
        GREEN {
            @Override
            boolean isCalm() {
                return true;
            }
        };

        boolean isCalm() {
            return false;
        }
    }

    enum Size {
        RED
    }

    record Tenant(String name) {}

    static SimpleKey key(@Nullable Object... elements) {
        return new SimpleKey(elements);
    }

    static Stream<Object> distinctKeys() {
        LocalDateTime now = LocalDateTime.of(2026, 11, 23, 1, 2, 3, 4);
        return Stream.of(
                "",
                "1",
                "s:1",
                "null",
                "int:1",
                "key(int:1)",
                "a,b",
                "(",
                "\\",
                "\uD83D\uDE00",
                "true",
                "RED",
                1,
                -1,
                1L,
                (short) 1,
                (byte) 1,
                '1',
                ',',
                1.0,
                0.0,
                -0.0,
                Double.NaN,
                Double.MIN_VALUE,
                1.0f,
                true,
                false,
                BigInteger.ONE,
                BigDecimal.ONE,
                new BigDecimal("1.0"),
                new BigDecimal("1.00"),
                new BigDecimal("1E+7"),
                new UUID(1, 2),
                Color.RED,
                Color.GREEN,
                Size.RED,
                DayOfWeek.MONDAY,
                TimeUnit.DAYS,
                Instant.EPOCH,
                Instant.MIN,
                Instant.MAX,
                Duration.ZERO,
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                Duration.ofSeconds(Long.MIN_VALUE),
                Period.ofMonths(12),
                Period.ofYears(1),
                LocalDate.MIN,
                LocalDate.MAX,
                LocalDate.EPOCH,
                LocalTime.MIN,
                LocalTime.MAX,
                now,
                OffsetTime.MIN,
                now.atOffset(ZoneOffset.UTC),
                now.atOffset(ZoneOffset.ofHours(1)),
                OffsetDateTime.MAX,
                now.atZone(ZoneOffset.UTC),
                now.atZone(ZoneId.of("UTC")),
                now.atZone(ZoneId.of("Europe/Paris")),
                ZonedDateTime.ofLocal(
                        LocalDateTime.of(2026, 10, 25, 2, 30), ZoneId.of("Europe/Paris"), ZoneOffset.ofHours(1)),
                ZonedDateTime.ofLocal(
                        LocalDateTime.of(2026, 10, 25, 2, 30), ZoneId.of("Europe/Paris"), ZoneOffset.ofHours(2)),
                Year.of(2026),
                Year.of(12026),
                Year.of(-1),
                YearMonth.of(2026, 1),
                YearMonth.of(12026, 1),
                YearMonth.of(-1, 12),
                MonthDay.of(2, 29),
                ZoneOffset.UTC,
                ZoneOffset.ofHours(1),
                SimpleKey.EMPTY,
                key((Object) null),
                key(null, null),
                key(""),
                key("", ""),
                key("a", "b"),
                key("a,s:b"),
                key("a)", "b"),
                key("a\\", "b"),
                key("a\\,b"),
                key("1"),
                key(1),
                key(1L),
                key(1, 2),
                key(key(1), 2),
                key(key(1, 2)),
                key(key()),
                key(List.of()),
                key(List.of(1, 2)),
                key("null"),
                key(Color.RED, Size.RED),
                key((Object) new Integer[] {1, 2}),
                key((Object) new int[] {1, 2}),
                key((Object) new long[] {1, 2}),
                key((Object) new int[0]),
                key((Object) new Object[0]),
                key((Object) new String[][] {{"a"}, {"b"}}),
                key((Object) new String[][] {{"a", "b"}}),
                key((Object) new char[] {'(', ')'}),
                List.of(),
                List.of(1),
                List.of("1"),
                List.of(List.of(1), 2),
                List.of(List.of(1, 2)),
                Arrays.asList("a", null),
                List.of(key(1)));
    }

    @ParameterizedTest
    @MethodSource("distinctKeys")
    void aKeyIsReadBackAsAnEqualOne(Object key) {
        assertThat(keys.decode(keys.encode(key))).isEqualTo(key).hasSameHashCodeAs(key);
    }

    @Test
    void differentKeysHaveDifferentTexts() {
        Map<String, Object> byText = new HashMap<>();
        distinctKeys()
                .forEach(key -> assertThat(byText.put(keys.encode(key), key))
                        .as("%s", key)
                        .isNull());
    }

    @Test
    void equalKeysHaveEqualTexts() {
        assertThat(keys.encode(new ArrayList<>(List.of(1, "a")))).isEqualTo(keys.encode(Arrays.asList(1, "a")));
        assertThat(keys.encode(key((Object) new Integer[] {1}))).isEqualTo(keys.encode(key((Object) new Object[] {1})));
        assertThat(keys.encode(Double.longBitsToDouble(0x7ff8000000000001L))).isEqualTo(keys.encode(Double.NaN));
    }

    @Test
    void randomKeysKeepTheirIdentity() {
        Random random = new Random(6);
        Map<String, Object> byText = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            Object key = randomKey(random, 3);
            String text = keys.encode(key);
            assertThat(keys.decode(text)).isEqualTo(key);
            Object before = byText.put(text, key);
            assertThat(before == null || before.equals(key))
                    .as("%s and %s share %s", before, key, text)
                    .isTrue();
        }
        assertThat(byText.size()).isGreaterThan(3_000);
    }

    private static Object randomKey(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 4 : 7)) {
            case 0 -> random.nextInt(3);
            case 1 -> (long) random.nextInt(3);
            case 2 -> Color.values()[random.nextInt(2)];
            case 3 -> randomText(random);
            case 4 -> randomParts(random, depth);
            default -> key(randomParts(random, depth).toArray());
        };
    }

    private static List<@Nullable Object> randomParts(Random random, int depth) {
        List<@Nullable Object> parts = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            parts.add(random.nextInt(8) == 0 ? null : randomKey(random, depth - 1));
        }
        return parts;
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append("a,()\\:s".charAt(random.nextInt(7)));
        }
        return text.toString();
    }

    @Test
    void anOperatorCanReadAKeysText() {
        assertThat(keys.encode("user/42 (old), é")).isEqualTo("s:user/42 (old), é");
        assertThat(keys.encode(42)).isEqualTo("int:42");
        assertThat(keys.encode(key("a,b", 42L, null, List.of(1), new int[] {7})))
                .isEqualTo("key(s:a\\,b,long:42,null,list(int:1),array int(int:7))");
        assertThat(keys.encode(Color.GREEN)).isEqualTo("enum " + Color.class.getName() + ":GREEN");
        assertThat(keys.encode(SimpleKey.EMPTY)).isEqualTo("key()");
    }

    @Test
    void theUsersCodecIsForKeysOfExactlyItsClassWhereverTheyStand() {
        SpringKeys withTenant =
                new SpringKeys("products", Map.of(Tenant.class, KeyCodec.of(Tenant::name, Tenant::new)));

        assertThat(withTenant.encode(new Tenant("a,b"))).isEqualTo("type " + Tenant.class.getName() + ":a,b");
        for (Object key : List.of(new Tenant("a,b"), key(new Tenant("a,b"), 1), List.of(new Tenant("")))) {
            assertThat(withTenant.decode(withTenant.encode(key))).isEqualTo(key);
        }
    }

    @Test
    void anEnumThatThisCacheHasNeverMetIsReadAsAKeyThatEqualsNoneOfOurs() {
        SpringKeys elsewhere = new SpringKeys("products", Map.of());
        String text = elsewhere.encode(key(Color.RED));

        assertThat(keys.decode(text)).isEqualTo(new ForeignKey(text)).isNotEqualTo(key(Color.RED));
        keys.encode(Color.GREEN);
        assertThat(keys.decode(text)).isEqualTo(key(Color.RED));
    }

    @Test
    void aTextChoosesNoClass() {
        String trap = "enum " + getClass().getName() + "$Trap:BOOM"; // by name, so that only the text could load it

        assertThat(keys.decode(trap)).isEqualTo(new ForeignKey(trap));
        assertThat(keys.decode("type java.io.File:/etc")).isInstanceOf(ForeignKey.class);
        assertThat(trapSprung).isFalse();
    }

    private static boolean trapSprung;

    @SuppressWarnings("unused")
    enum Trap {
        BOOM;

        static {
            trapSprung = true;
        }
    }

    @Test
    void aConstantOfANewerVersionIsReadAsAKeyThatEqualsNoneOfOurs() {
        keys.encode(Color.RED);

        assertThat(keys.decode("enum " + Color.class.getName() + ":BLUE")).isInstanceOf(ForeignKey.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "x:1",
                "int:",
                "int:x",
                "boolean:yes",
                "char:ab",
                "key",
                "key(",
                "key(int:1",
                "key(int:1))",
                "key(int:1)x",
                "key(,)",
                "key()()",
                "null",
                "array(int:1)",
                "key(array int(s:a))",
                "key(array int(null))",
                "key(array foo())",
                "list(1)",
                "key(s:a\\",
            })
    void whatIsNoKeysTextIsRefused(String text) {
        assertThatThrownBy(() -> keys.decode(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTextThatNestsWithoutEndIsRefused() {
        assertThatThrownBy(() -> keys.decode("key(".repeat(1_000_000))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aListThatHoldsItselfIsRefused() {
        List<Object> list = new ArrayList<>();
        list.add(list);

        assertThatThrownBy(() -> keys.encode(list))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Cache 'products'")
                .hasMessageContaining("16 deep");
    }

    static class OwnSimpleKey extends SimpleKey {
        private static final long serialVersionUID = 1;
    }

    static Stream<Object> keysWithoutText() {
        return Stream.of(
                new Tenant("a"), Set.of(1), Map.of(1, 1), new Object(), new StringBuilder(), new OwnSimpleKey());
    }

    @ParameterizedTest
    @MethodSource("keysWithoutText")
    void aKeyOfAnotherTypeIsRefusedByNameAndWithAWayOut(Object key) {
        String name = key.getClass().getName();

        assertThatThrownBy(() -> keys.encode(key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Cache 'products': a " + name + " can't be a key")
                .hasMessageContaining("KeyCodec<" + key.getClass().getSimpleName() + ">");
        assertThatThrownBy(() -> keys.encode(key("a", key)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name + ", a part of a " + SimpleKey.class.getName());
    }

    @Test
    void anArrayIsAKeyOnlyInsideASimpleKeyForThereEqualOnesAreEqual() {
        assertThatCode(() -> keys.encode(key((Object) new int[] {1}))).doesNotThrowAnyException();
        for (Object key :
                List.of(new int[] {1}, new String[] {"a"}, List.of(new int[] {1}), key(List.of(new int[0])))) {
            assertThatThrownBy(() -> keys.encode(key))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[]")
                    .hasMessageNotContaining("KeyCodec");
        }
    }
}
