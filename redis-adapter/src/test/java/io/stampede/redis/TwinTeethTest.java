package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Scenarios;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.InvalidationBus;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import io.stampede.testing.Holding;
import io.stampede.testing.InMemoryRemote;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is changed in a script or in the double, what runs on both shows that the two differ. */
class TwinTeethTest {

    private static final int SEEDS = 10;
    private static final RedisServer SERVER = RedisServer.start();
    private static final TwinRedis REDIS = TwinRedis.standalone(SERVER.uri(), Scenarios.CACHE);

    @AfterAll
    static void stop() {
        REDIS.close();
        SERVER.close();
    }

    /** Something that is broken on purpose. */
    private record Break(
            String name, Function<InMemoryRemote, RemoteConnection> ofDouble, Function<Script, String> ofScripts) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Break> breaks() {
        return Stream.of(
                script("a claim takes over a lease that is held", Script.CLAIM, "if millis >= 0 then", "if false then"),
                script("a lease never ends", Script.CLAIM, ", 'PX', ARGV[3])", ")"),
                script(
                        "a claim finds what its asker has seen",
                        Script.CLAIM,
                        "own and string.sub(own.head, 1, 17) ~= ARGV[1]",
                        "own"),
                script("a renewal prolongs nothing", Script.RENEW, "redis.call('PEXPIRE', KEYS[1], ARGV[2])", ""),
                script(
                        "a publish needs no lease",
                        Script.PUBLISH,
                        "pcall('GET', KEYS[2]) ~= ARGV[1]",
                        "pcall('GET', KEYS[2]) == ''"),
                script("a publish keeps its lease", Script.PUBLISH, "redis.call('DEL', KEYS[2])", ""),
                script(
                        "a release frees another's lease",
                        Script.RELEASE,
                        "if redis.pcall('GET', KEYS[1]) ~= ARGV[1]",
                        "if redis.call('EXISTS', KEYS[1]) == 0"),
                script("a put leaves the lease", Script.PUT, "redis.call('DEL', KEYS[2])", ""),
                script(
                        "an invalidation leaves the value",
                        Script.INVALIDATE,
                        "'DEL', KEYS[1], KEYS[2]",
                        "'DEL', KEYS[2]"),
                script(
                        "an invalidation does not say whose lease it revokes",
                        Script.INVALIDATE,
                        "micros, revoked, ARGV[2]",
                        "micros, string.rep('0', 16), ARGV[2]"),
                script(
                        "an expiry loses the TTL",
                        Script.EXPIRE,
                        "local lease =",
                        "redis.call('PERSIST', KEYS[1])\nlocal lease ="),
                script("an expiry leaves the lease", Script.EXPIRE, "redis.call('DEL', KEYS[2])", ""),
                script("a generation is never kept", Script.GENERATION, "not generation or", "true or"),
                script(
                        "a clear is told without a number",
                        Script.CLEAR,
                        "'HINCRBY', state, 'n', 1",
                        "'HINCRBY', state, 'n', 0"),
                script(
                        "nobody knows since when a tag is invalid",
                        Script.INVALIDATE_TAG,
                        "ARGV[1] .. since",
                        "ARGV[1] .. string.rep('0', 16)"),
                inDouble("the double's leases live longer", "claim", (memory, args) -> args[3] = (long) args[3] + 1),
                inDouble("the double grants every claim", "claim", (memory, args) -> args[4] = true),
                inDouble(
                        "the double's values live longer",
                        "publish",
                        (memory, args) -> args[2] = longer((Stored) args[2])),
                new Break("the double loses messages", TwinTeethTest::withoutMessages, Script::source));
    }

    /** What they concern happens in few scenarios, or in none. */
    static Stream<Break> rareBreaks() {
        return Stream.of(
                inDouble("in the double a lease that has ended is held", "claim", TwinTeethTest::reviveLease),
                inDouble("the double takes every put", "put", (memory, args) -> args[2] = Long.MAX_VALUE),
                script("a put is never too late", Script.PUT, "micros > tonumber(ARGV[3])", "false"),
                script("a retried publish is refused", Script.PUBLISH, "return {1}", "return {2}"),
                script("a publish keeps what is dead", Script.PUBLISH, " and deadAt(other) >= micros", ""),
                script("a publish keeps a schema too many", Script.PUBLISH, "#value <= 4", "#value <= 5"),
                script("a publish shortens another's life", Script.PUBLISH, "before > tonumber(expiresAt)", "false"),
                script("an expiry makes only one stale", Script.EXPIRE, "ipairs(all)", "ipairs({all[1]})"),
                script(
                        "an expiry makes what was stale younger",
                        Script.EXPIRE,
                        "freshUntil(envelope) > micros",
                        "true"),
                script("a claim finds what is another schema's", Script.CLAIM, "schemaOf(envelope) == schema", "true"),
                script(
                        "a tag that was never invalidated is dated",
                        Script.TAG,
                        "string.rep('0', 16)",
                        "string.format('%016.0f', micros)"));
    }

    private static Break script(String name, Script script, String original, String changed) {
        assertThat(script.source()).contains(original);
        String broken = script.source().replace(original, changed);
        return new Break(name, memory -> memory, any -> any == script ? broken : any.source());
    }

    private static Break inDouble(String name, String operation, BiConsumer<InMemoryRemote, Object[]> change) {
        return new Break(name, memory -> changed(memory, operation, change), Script::source);
    }

    private static void reviveLease(InMemoryRemote memory, Object[] claim) {
        String key = (String) claim[0];
        Holding held = memory.holding(Scenarios.CACHE, memory.partOf(key), key);
        if (held.lease() != null && held.living().lease() == null) {
            memory.restoreLease(Scenarios.CACHE, key, held.lease().token(), 1_000);
        }
    }

    private static Stored longer(Stored entry) {
        return new Stored(entry.version(), entry.bytes(), entry.expiresAtMillis() + 1);
    }

    private static RemoteConnection withoutMessages(InMemoryRemote memory) {
        memory.dropMessages(true);
        return memory;
    }

    /** A double that hears something else than it was asked. */
    private static RemoteConnection changed(
            InMemoryRemote memory, String operation, BiConsumer<InMemoryRemote, Object[]> change) {
        return new RemoteConnection() {
            @Override
            public RemoteTier tier(RemoteNamespace namespace) {
                RemoteTier tier = memory.tier(namespace);
                return (RemoteTier) Proxy.newProxyInstance(
                        TwinTeethTest.class.getClassLoader(),
                        new Class<?>[] {RemoteTier.class},
                        (proxy, method, args) -> {
                            if (method.getName().equals(operation)) {
                                change.accept(memory, args);
                            }
                            try {
                                return method.invoke(tier, args);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
            }

            @Override
            public InvalidationBus bus(RemoteNamespace namespace) {
                return memory.bus(namespace);
            }

            @Override
            public void check(long nanos) {
                memory.check(nanos);
            }
        };
    }

    @ParameterizedTest
    @MethodSource("breaks")
    void scenariosShowIt(Break broken) {
        assertFound(broken, seed -> new TwinScenario(seed, broken.ofDouble, broken.ofScripts).run(REDIS));
    }

    @ParameterizedTest
    @MethodSource({"breaks", "rareBreaks"})
    void anySequenceShowsIt(Break broken) {
        assertFound(broken, seed -> new AnySequence(seed, REDIS, broken.ofDouble, broken.ofScripts).run());
    }

    private static void assertFound(Break broken, LongConsumer run) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                run.accept(seed);
            } catch (Twin.DifferenceError found) {
                System.out.printf(
                        "Found with seed %d that %s: %s%n",
                        seed, broken, found.getMessage().lines().findFirst().orElse(""));
                return;
            }
        }
        throw new AssertionError("Not found with " + SEEDS + " seeds: " + broken);
    }
}
