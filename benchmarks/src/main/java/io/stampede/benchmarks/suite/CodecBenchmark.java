package io.stampede.benchmarks.suite;

import com.alicp.jetcache.support.Kryo5ValueDecoder;
import com.alicp.jetcache.support.Kryo5ValueEncoder;
import io.stampede.Codec;
import io.stampede.JsonCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.json.JsonMapper;

/** What does it cost to write a value as bytes and to read it? The floors are the JVM's own UTF-8 and bare Jackson. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class CodecBenchmark {

    /** What an application caches. */
    public record Product(long id, String name, String description, long priceInCents) {}

    /** A way to write a value as bytes. */
    public enum Encoding {
        UTF_8,
        STAMPEDE_STRINGS,
        JACKSON,
        STAMPEDE_JSON,
        JETCACHE_KRYO
    }

    /** A value, with its bytes. */
    @State(Scope.Benchmark)
    public static class Value {

        @Param
        public Encoding encoding;

        @Param({"100", "10240"})
        public int bytes;

        private final JsonMapper jackson = JsonMapper.builder().build();
        private final Codec<Product> json = JsonCodec.of(Product.class);
        private final Codec<String> strings = Codec.strings();
        private String text;
        private Product product;
        private byte[] encoded;

        @Setup
        public void make() throws Exception {
            text = Texts.value(bytes);
            product = new Product(42, "product 42", text, 4_200);
            encoded = encode();
        }

        byte[] encode() throws Exception {
            return switch (encoding) {
                case UTF_8 -> text.getBytes(StandardCharsets.UTF_8);
                case STAMPEDE_STRINGS -> strings.encode(text);
                case JACKSON -> jackson.writeValueAsBytes(product);
                case STAMPEDE_JSON -> json.encode(product);
                case JETCACHE_KRYO -> Kryo5ValueEncoder.INSTANCE.apply(text);
            };
        }

        Object decode() throws Exception {
            return switch (encoding) {
                case UTF_8 -> new String(encoded, StandardCharsets.UTF_8);
                case STAMPEDE_STRINGS -> strings.decode(ByteBuffer.wrap(encoded));
                case JACKSON -> jackson.readValue(encoded, Product.class);
                case STAMPEDE_JSON -> json.decode(ByteBuffer.wrap(encoded));
                case JETCACHE_KRYO -> Kryo5ValueDecoder.INSTANCE.apply(encoded);
            };
        }
    }

    @Benchmark
    public byte[] encode(Value value) throws Exception {
        return value.encode();
    }

    @Benchmark
    public Object decode(Value value) throws Exception {
        return value.decode();
    }
}
