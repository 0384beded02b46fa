package io.stampede.redis;

import static io.stampede.redis.Samples.MINUTE_MILLIS;
import static io.stampede.redis.Samples.token;

import io.stampede.spi.RemoteTier;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A key in each part of a cache, so that a test reaches all servers of a Redis Cluster. */
final class EachPart {

    private static final RedisKeys PLACES = RedisKeys.inCluster("any");

    private EachPart() {}

    static List<String> keys() {
        return IntStream.range(0, PLACES.parts()).mapToObj(EachPart::key).toList();
    }

    /** A key of that part. */
    static String key(int part) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> "k" + i)
                .filter(key -> PLACES.part(key) == part)
                .findFirst()
                .orElseThrow();
    }

    /** Whether all parts are read and written, asked once, together. */
    static boolean work(RemoteTier tier) {
        List<CompletableFuture<Boolean>> answers = IntStream.range(0, tier.parts())
                .boxed()
                .flatMap(part -> Stream.of(
                        tier.get(key(part)), tier.invalidate(key(part)), tier.generation(part, token(), MINUTE_MILLIS)))
                .map(stage -> stage.handle((answer, failure) -> failure == null)
                        .toCompletableFuture()
                        .completeOnTimeout(false, 1, TimeUnit.SECONDS))
                .toList();
        return answers.stream().allMatch(CompletableFuture::join);
    }
}
