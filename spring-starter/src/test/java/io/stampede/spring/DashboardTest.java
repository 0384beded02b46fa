package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stampede.spi.RemoteConnection;
import io.stampede.testing.InMemoryRemote;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard, against the meters that a cache really has. */
class DashboardTest {

    private static final Set<String> LANGUAGE =
            Set.of("sum", "max", "by", "rate", "increase", "histogram_quantile", "label_values");

    /** Prometheus gives them to all it scrapes. */
    private static final Set<String> OF_THE_SCRAPE = Set.of("instance");

    private static final Pattern SERIES = Pattern.compile("^([a-z_]+)(?:\\{(.*)})? [^ ]+$");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)(?:=|=~|!=|!~)\"[^\"]*\"");
    private static final Pattern SELECTOR = Pattern.compile("([a-z_]+)\\{([^}]*)}");
    private static final Pattern GROUPING = Pattern.compile("by \\(([^)]*)\\)");
    private static final Pattern WORD = Pattern.compile("[a-z_][a-z0-9_]*");

    @Test
    void everyExpressionIsOfMetersAndLabelsThatThereAre() throws Exception {
        Map<String, Set<String>> labels = labelsOfARealCache();
        List<String> expressions = expressions();
        assertThat(expressions).hasSizeGreaterThan(20);
        for (String expression : expressions) {
            Set<String> known = new HashSet<>(OF_THE_SCRAPE);
            Matcher selector = SELECTOR.matcher(expression);
            while (selector.find()) {
                assertThat(labels).as(expression).containsKey(selector.group(1));
                Set<String> its = new HashSet<>(labels.get(selector.group(1)));
                its.addAll(OF_THE_SCRAPE);
                assertThat(its).as(expression).containsAll(labelNames(selector.group(2)));
                known.addAll(its);
            }
            Matcher grouping = GROUPING.matcher(expression);
            while (grouping.find()) {
                assertThat(known).as(expression).contains(grouping.group(1).split(", "));
            }
            assertThat(words(expression)).as(expression).isSubsetOf(LANGUAGE);
        }
    }

    @Test
    void whatMattersMostIsShown() throws Exception {
        assertThat(String.join("\n", expressions()))
                .contains(
                        "stampede_reads_total",
                        "cache_gets_total",
                        "stampede_read_wait_seconds_bucket",
                        "stampede_loads_seconds",
                        "stampede_stale_total",
                        "stampede_early_refreshes_total",
                        "stampede_rejected_total",
                        "stampede_publish_refused_total",
                        "stampede_remote_seconds",
                        "stampede_source_breaker_open",
                        "stampede_writes_total",
                        "stampede_lease_waits_seconds");
    }

    /** What is left of an expression without selectors, groupings, ranges and numbers. */
    private static Set<String> words(String expression) {
        String rest = SELECTOR.matcher(expression).replaceAll("");
        rest = GROUPING.matcher(rest).replaceAll("by");
        rest = rest.replaceAll("\\[[^]]*]", "");
        Set<String> words = new TreeSet<>();
        Matcher word = WORD.matcher(rest);
        while (word.find()) {
            words.add(word.group());
        }
        return words;
    }

    private static Set<String> labelNames(String selector) {
        Set<String> names = new HashSet<>();
        Matcher label = LABEL.matcher(selector);
        while (label.find()) {
            names.add(label.group(1));
        }
        return names;
    }

    private static List<String> expressions() throws Exception {
        try (InputStream in = DashboardTest.class.getResourceAsStream("/dashboards/stampede.json")) {
            JsonNode dashboard = JsonMapper.builder().build().readTree(in);
            List<String> expressions = new ArrayList<>();
            dashboard
                    .get("panels")
                    .forEach(panel -> panel.path("targets")
                            .forEach(
                                    target -> expressions.add(target.get("expr").asString())));
            return expressions;
        }
    }

    private static Map<String, Set<String>> labelsOfARealCache() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.config().meterFilter(withHistogramOf("stampede.read.wait"));
        Map<String, Set<String>> labels = new HashMap<>();
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class))
                .withBean(PrometheusMeterRegistry.class, () -> registry)
                .withBean(RemoteConnection.class, () -> new InMemoryRemote(() -> System.currentTimeMillis() * 1000))
                .withPropertyValues("stampede.caches.products.type=java.lang.String")
                .run(context -> {
                    context.getBean(CacheManager.class).getCache("products").get(1L, () -> "one");
                    for (String line : registry.scrape().split("\n")) {
                        Matcher series = SERIES.matcher(line);
                        if (series.matches()) {
                            labels.computeIfAbsent(series.group(1), name -> new HashSet<>())
                                    .addAll(labelNames(String.valueOf(series.group(2))));
                        }
                    }
                });
        return labels;
    }

    private static MeterFilter withHistogramOf(String name) {
        return new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return id.getName().equals(name)
                        ? DistributionStatisticConfig.builder()
                                .percentilesHistogram(true)
                                .build()
                                .merge(config)
                        : config;
            }
        };
    }
}
