package io.stampede.spring;

import com.sun.management.OperatingSystemMXBean;
import io.stampede.StampedeCache;
import io.stampede.redis.RedisTier;
import io.stampede.redis.testing.RedisServer;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;

/**
 * What the starter adds to the start of a bare web application: starts it again and again, each time in a JVM of its own, in
 * turns without the starter, with it, and with it and a Redis. Prints a table of medians with the least and the greatest in
 * brackets.
 *
 * <p>{@code ./mvnw -q test -DskipTests -Pstartup-cost -pl spring-starter -am [-Dstarts=15]}
 */
final class StartupCost {

    /** The jars of an application with {@code spring-boot-starter-webmvc} and {@code spring-boot-cache}. */
    private static final String APPLICATION = "spring-boot(-starter(-logging|-webmvc|-jackson|-tomcat|-tomcat-runtime)?"
            + "|-autoconfigure|-cache|-jackson|-web-server|-tomcat|-http-converter|-webmvc|-servlet)?"
            + "|spring-(core|beans|context|context-support|expression|aop|web|webmvc)|tomcat-embed-.*|jackson-.*|logback-.*"
            + "|log4j-.*|jul-to-slf4j|slf4j-api|jakarta\\.annotation-api|snakeyaml|jspecify|commons-logging"
            + "|micrometer-(commons|observation)";

    /** The jars that the starter brings beside our own. */
    private static final String STARTER =
            "caffeine|error_prone_annotations|resilience4j-.*|lettuce-core|redis-authx-core"
                    + "|reactor-core|reactive-streams|netty-.*|asm|asm-.*";

    private static final String RESULT = "result ";

    private StartupCost() {}

    /** What one start has cost. */
    private record Cost(long wallMillis, long cpuMillis, long beans, long classes, long threads, long heapKilobytes) {

        static Cost now(long beans) {
            long wall = System.currentTimeMillis()
                    - ManagementFactory.getRuntimeMXBean().getStartTime();
            long cpu = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                    .getProcessCpuTime();
            long classes = ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
            long threads = ManagementFactory.getThreadMXBean().getThreadCount();
            System.gc();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            return new Cost(wall, Duration.ofNanos(cpu).toMillis(), beans, classes, threads, heap / 1024);
        }

        static Cost parse(String text) {
            long[] all =
                    Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
            return new Cost(all[0], all[1], all[2], all[3], all[4], all[5]);
        }

        List<Long> all() {
            return List.of(wallMillis, cpuMillis, beans, classes, threads, heapKilobytes);
        }

        String text() {
            return String.join(" ", all().stream().map(String::valueOf).toList());
        }
    }

    private static final List<String> COLUMNS =
            List.of("start, ms", "CPU, ms", "beans", "classes loaded", "threads", "heap after GC, kB");

    /** One way to start it. */
    private record Way(String name, List<String> classPath, List<String> arguments) {}

    /** A web application with one cached method. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableCaching
    static class Application {

        static class Greetings {

            @Cacheable("greetings")
            public String greet(String name) {
                return "Hello " + name;
            }
        }

        @Bean
        Greetings greetings() {
            return new Greetings();
        }

        @EventListener
        void ready(ApplicationReadyEvent event) {
            System.out.println(RESULT
                    + Cost.now(event.getApplicationContext().getBeanDefinitionCount())
                            .text());
            Runtime.getRuntime().halt(0);
        }

        public static void main(String[] args) {
            SpringApplication.run(Application.class, args);
        }
    }

    public static void main(String[] args) throws Exception {
        int starts = args.length == 0 ? 15 : Integer.parseInt(args[0]);
        try (RedisServer redis = RedisServer.startEmbedded()) {
            List<Way> ways = List.of(
                    new Way("without the starter", classPath(false), List.of()),
                    new Way("with it", classPath(true), List.of()),
                    new Way("with it and Redis", classPath(true), List.of("--stampede.redis.uri=" + redis.uri())));
            Map<Way, List<Cost>> costs = new LinkedHashMap<>();
            ways.forEach(way -> costs.put(way, new ArrayList<>()));
            for (int i = 0; i <= starts; i++) {
                for (Way way : ways) {
                    Cost cost = start(way);
                    if (i > 0) { // the first has read the jars from the disk
                        costs.get(way).add(cost);
                    }
                }
            }
            print(starts, costs);
        }
    }

    private static List<String> classPath(boolean withStarter) throws URISyntaxException {
        List<String> classPath = new ArrayList<>();
        classPath.add(placeOf(StartupCost.class));
        if (withStarter) {
            for (Class<?> ours : List.of(StampedeAutoConfiguration.class, StampedeCache.class, RedisTier.class)) {
                classPath.add(placeOf(ours));
            }
        }
        String wanted = "(" + APPLICATION + (withStarter ? "|" + STARTER : "") + ")-\\d.*\\.jar";
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(each -> Path.of(each).getFileName().toString().matches(wanted))
                .forEach(classPath::add);
        return classPath;
    }

    private static String placeOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    private static Cost start(Way way) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-cp", String.join(File.pathSeparator, way.classPath())));
        command.addAll(List.of(Application.class.getName(), "--server.port=0"));
        command.addAll(way.arguments());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines()
                .filter(line -> line.startsWith(RESULT))
                .findFirst()
                .map(line -> Cost.parse(line.substring(RESULT.length())))
                .orElseThrow(() -> new IllegalStateException("It has not started " + way.name() + ":\n" + output));
    }

    private static void print(int starts, Map<Way, List<Cost>> costs) {
        System.out.println("A bare web application of Spring Boot "
                + org.springframework.boot.SpringBootVersion.getVersion() + " on Java "
                + System.getProperty("java.version") + ", " + starts + " starts each, median (least .. greatest)");
        System.out.println("| | " + String.join(" | ", COLUMNS) + " |");
        System.out.println("|---".repeat(COLUMNS.size() + 1) + "|");
        costs.forEach((way, all) -> {
            List<String> cells = new ArrayList<>();
            for (int column = 0; column < COLUMNS.size(); column++) {
                int index = column;
                cells.add(summary(
                        all.stream().map(cost -> cost.all().get(index)).sorted().toList()));
            }
            System.out.println("| " + way.name() + " | " + String.join(" | ", cells) + " |");
        });
    }

    private static String summary(List<Long> sorted) {
        return sorted.get(sorted.size() / 2) + " (" + sorted.get(0) + " .. " + sorted.get(sorted.size() - 1) + ")";
    }
}
