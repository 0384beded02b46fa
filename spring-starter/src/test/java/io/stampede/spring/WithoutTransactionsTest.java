package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.util.ClassUtils;

/** An application whose class path has nothing of Spring's transactions. */
class WithoutTransactionsTest {

    /** What runs there. */
    public static final class Application implements Callable<String> {
        @Override
        public String call() {
            StringBuilder seen = new StringBuilder();
            seen.append(ClassUtils.isPresent("org.springframework.transaction.TransactionManager", null));
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class))
                    .run(context -> {
                        Cache cache = context.getBean(CacheManager.class).getCache("names");
                        cache.put(1L, "put");
                        seen.append(' ').append(cache.get(1L).get());
                        cache.evict(1L);
                        seen.append(' ').append(cache.get(1L, () -> "loaded"));
                        seen.append(' ').append(cache.putIfAbsent(1L, "late").get());
                        cache.clear();
                        seen.append(' ').append(cache.get(1L));
                    });
            return seen.toString();
        }
    }

    @Test
    void theStarterNeedsNoTransactions() throws Exception {
        URL[] withoutTransactions = Arrays.stream(
                        System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
                .filter(entry -> !entry.contains("spring-tx"))
                .map(WithoutTransactionsTest::url)
                .toArray(URL[]::new);
        ClassLoader own = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader apart = new URLClassLoader(withoutTransactions, ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(apart);
            Callable<?> application = (Callable<?>) apart.loadClass(Application.class.getName())
                    .getConstructor()
                    .newInstance();
            assertThat(application.call()).isEqualTo("false put loaded loaded null");
        } finally {
            Thread.currentThread().setContextClassLoader(own);
        }
    }

    private static URL url(String entry) {
        try {
            return new File(entry).toURI().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(entry, e);
        }
    }
}
