package io.stampede.spring;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Values as an application has them. */
final class Shop {

    private Shop() {}

    enum Color {
        RED,
        GREEN
    }

    record Product(
            long id,
            String name,
            BigDecimal price,
            Color color,
            @Nullable String note) {
        static Product of(long id) {
            return new Product(id, "product " + id, new BigDecimal("1.50"), Color.GREEN, null);
        }
    }

    record Page<T>(List<T> items, int number) {}

    record Details(
            UUID id,
            Optional<String> subtitle,
            Optional<Product> successor,
            Instant created,
            LocalDate day,
            ZonedDateTime zoned,
            OffsetDateTime offset,
            Duration took,
            Set<String> tags,
            Map<Color, List<Integer>> stock,
            Map<Long, @Nullable String> names) {}

    sealed interface Answer permits Found, Missing, Refused, Silence {}

    record Found(Product product, List<Answer> others) implements Answer {}

    record Missing() implements Answer {}

    sealed interface Refused extends Answer permits Forbidden, Expired {}

    record Forbidden(String why) implements Refused {}

    record Expired(Instant since) implements Refused {}

    enum Silence implements Answer {
        GOLDEN
    }

    record Enquiry(Answer answer, @Nullable Refused refusal, Forbidden forbidden) {}

    sealed interface Outcome<T> permits Success, Failure {}

    record Success<T>(T value) implements Outcome<T> {}

    record Failure<T>(String message) implements Outcome<T> {}

    static sealed class Vehicle permits Truck {
        public int wheels;
    }

    static final class Truck extends Vehicle {
        public int load;
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Circle.class, name = "round"),
        @JsonSubTypes.Type(value = Square.class, name = "square")
    })
    sealed interface Shape permits Circle, Square {}

    record Circle(int radius) implements Shape {}

    record Square(int side) implements Shape {}

    static Details details() {
        ZonedDateTime inParis = ZonedDateTime.parse("2026-11-23T10:00:00.123456789+01:00[Europe/Paris]");
        java.util.HashMap<Long, @Nullable String> names = new java.util.HashMap<>();
        names.put(1L, "one");
        names.put(2L, null);
        return new Details(
                new UUID(1, 2),
                Optional.empty(),
                Optional.of(Product.of(9)),
                Instant.parse("2026-11-23T10:00:00.123456789Z"),
                LocalDate.of(2026, 11, 23),
                inParis,
                inParis.toOffsetDateTime(),
                Duration.ofMillis(1_500),
                Set.of("a", "b"),
                Map.of(Color.RED, List.of(1, 2)),
                names);
    }
}
