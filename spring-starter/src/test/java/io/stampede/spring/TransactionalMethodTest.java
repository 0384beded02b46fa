package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

/** Annotated methods, called in a transaction. */
class TransactionalMethodTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class, CacheAutoConfiguration.class))
            .withUserConfiguration(Application.class);

    static class Names {

        private final TransactionalSource source;

        Names(TransactionalSource source) {
            this.source = source;
        }

        public TransactionalSource source() {
            return source;
        }

        @Cacheable("names")
        public String find(long id) {
            return source.read(id);
        }

        @Cacheable("futures")
        public CompletableFuture<String> later(long id) {
            return CompletableFuture.completedFuture(source.read(id));
        }

        @StampedeCacheable(cacheNames = "tagged", tags = "'all'", fallback = "instead")
        public String tagged(long id) throws Exception {
            String name = source.read(id);
            if (name.equals("broken")) {
                throw new Exception(name);
            }
            return name;
        }

        public String instead(long id, Throwable failure) {
            return "instead of " + failure.getMessage();
        }

        @CachePut(cacheNames = "names", key = "#id")
        public String save(long id, String name) {
            source.write(id, name);
            return name;
        }

        @Transactional
        @CacheEvict(
                cacheNames = {"names", "futures"},
                key = "#id",
                beforeInvocation = true)
        public void rename(long id, String name, boolean succeeds) {
            source.write(id, name);
            if (!succeeds) {
                throw new IllegalArgumentException("not this time");
            }
        }

        @StampedeEvict(cacheNames = "tagged", tags = "'all'")
        public void renameTagged(long id, String name) {
            source.write(id, name);
        }

        @StampedeEvict(cacheNames = "names", expire = true, key = "#id")
        public void outdate(long id, String name) {
            source.write(id, name);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @EnableTransactionManagement
    static class Application {
        @Bean
        TransactionalSource source() {
            return new TransactionalSource();
        }

        @Bean
        Names names(TransactionalSource source) {
            return new Names(source);
        }
    }

    private void run(Consumer<Names> whatHappens) {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            Names names = context.getBean(Names.class);
            names.source().write(1L, "old");
            whatHappens.accept(names);
        });
    }

    private void inTransaction(Consumer<Names> whatHappens, Consumer<Names> afterwards) {
        run(names -> {
            assertThat(names.find(1)).isEqualTo("old");
            assertThat(names.later(1)).succeedsWithin(Duration.ofSeconds(20));
            assertThat(tagged(names)).isEqualTo("old");
            names.source().transaction().executeWithoutResult(status -> whatHappens.accept(names));
            afterwards.accept(names);
        });
    }

    private static String othersFind(Names names) {
        return CompletableFuture.supplyAsync(() -> names.find(1)).join();
    }

    @Test
    void aCachedMethodIsCalledForAKeyThatTheTransactionHasEvicted() {
        inTransaction(
                names -> {
                    names.rename(1, "new", true);
                    assertThat(names.find(1)).isEqualTo("new");
                    assertThat(names.later(1)).isCompletedWithValue("new");
                    assertThat(othersFind(names)).isEqualTo("old");
                },
                names -> {
                    assertThat(names.find(1)).isEqualTo("new");
                    assertThat(names.later(1).join()).isEqualTo("new");
                });
    }

    @Test
    void aCachedMethodIsNotCalledForAKeyThatTheTransactionHasPut() {
        inTransaction(
                names -> {
                    names.save(1, "new");
                    names.source().write(1L, "past the cache");
                    assertThat(names.find(1)).isEqualTo("new");
                    assertThat(othersFind(names)).isEqualTo("old");
                },
                names -> assertThat(names.find(1)).isEqualTo("new"));
    }

    @Test
    void anEvictionBeforeTheCallIsForgottenWithItsTransaction() {
        run(names -> {
            assertThat(names.find(1)).isEqualTo("old");
            int before = names.source().reads();
            assertThatThrownBy(() -> names.source()
                            .transaction()
                            .executeWithoutResult(status -> names.rename(1, "never", false)))
                    .hasMessage("not this time");
            assertThat(names.find(1)).isEqualTo("old");
            assertThat(names.source().reads()).isEqualTo(before);
        });
    }

    @Test
    void whatHasATagThatTheTransactionHasEvictedIsReadFromTheSourceWithItsFallback() {
        inTransaction(
                names -> {
                    names.renameTagged(1, "broken");
                    assertThat(tagged(names)).isEqualTo("instead of broken");
                    names.source().write(1L, "new");
                    assertThat(tagged(names)).isEqualTo("new");
                    assertThat(CompletableFuture.supplyAsync(() -> tagged(names))
                                    .join())
                            .isEqualTo("old");
                },
                names -> assertThat(tagged(names)).isEqualTo("new"));
    }

    private static String tagged(Names names) {
        try {
            return names.tagged(1);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatTheTransactionMakesStaleIsStaleForOthersWhenItCommits() {
        inTransaction(
                names -> {
                    names.outdate(1, "new");
                    assertThat(names.find(1)).isEqualTo("new");
                    assertThat(othersFind(names)).isEqualTo("old");
                },
                names -> assertThat(names.find(1)).isEqualTo("new"));
    }
}
