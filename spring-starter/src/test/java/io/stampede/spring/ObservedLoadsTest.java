package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class ObservedLoadsTest {

    private final ObservationRegistry registry = ObservationRegistry.create();
    private final List<Observation.Context> ended = new CopyOnWriteArrayList<>();
    private final LoadObserver observer = new ObservedLoads(() -> registry);

    @BeforeEach
    void remember() {
        registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public void onStop(Observation.Context context) {
                ended.add(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
    }

    @Test
    void aLoadOnAnotherThreadIsAPartOfWhatItsCallerWasDoing() throws Exception {
        Observation request = Observation.start("request", registry);
        Callable<Observation> load =
                request.scoped(() -> observer.observed("products", registry::getCurrentObservation));
        request.stop();
        Observation inside = CompletableFuture.supplyAsync(() -> call(load)).get();
        assertThat(ended).hasSize(2);
        Observation.Context context = ended.get(1);
        assertThat(context.getName()).isEqualTo("stampede.load");
        assertThat(context.getLowCardinalityKeyValue("cache").getValue()).isEqualTo("products");
        assertThat(context.getParentObservation()).isSameAs(request);
        assertThat(inside.getContext()).isSameAs(context);
    }

    private static <T> T call(Callable<T> load) {
        try {
            return load.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFailureOfALoadIsThrownAsItIsAndObserved() {
        IOException failure = new IOException("the source is away");
        Callable<String> load = observer.observed("products", () -> {
            throw failure;
        });
        assertThatThrownBy(load::call).isSameAs(failure);
        assertThat(ended)
                .singleElement()
                .extracting(Observation.Context::getError)
                .isSameAs(failure);
    }

    @Test
    void aLoadThatAnswersLaterIsObservedUntilThen() throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        CompletionStage<String> begun =
                observer.observedLater("products", () -> answer).call();
        assertThat(ended).isEmpty();
        answer.complete("one");
        assertThat(begun.toCompletableFuture().get()).isEqualTo("one");
        assertThat(ended)
                .singleElement()
                .extracting(Observation.Context::getError)
                .isNull();
    }

    @Test
    void aLoadThatFailsLaterOrAtOnceIsObservedOnce() throws Exception {
        IOException failure = new IOException("the source is away");
        observer.observedLater("products", () -> CompletableFuture.failedFuture(failure))
                .call();
        assertThatThrownBy(() -> observer.observedLater("products", () -> {
                            throw failure;
                        })
                        .call())
                .isSameAs(failure);
        assertThat(ended)
                .hasSize(2)
                .allSatisfy(context -> assertThat(context.getError()).isSameAs(failure));
    }

    @Test
    void withoutARegistryALoadIsWhatItWas() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class))
                .run(context -> assertThat(context.getBean(LoadObserver.class)
                                .observed("products", () -> "one")
                                .call())
                        .isEqualTo("one"));
    }

    /** Not only the one that the caller waits for. */
    @Test
    void theLoadOfACachedMethodIsAPartOfWhatItsCallerDoes() {
        ObservationRegistry registry = ObservationRegistry.create();
        List<Observation.Context> loads = new CopyOnWriteArrayList<>();
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStop(Observation.Context context) {
                loads.add(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return context.getName().equals("stampede.load");
            }
        });
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class))
                .withBean(ObservationRegistry.class, () -> registry)
                .withUserConfiguration(Application.class)
                .withPropertyValues("stampede.defaults.hard-timeout=1m") // it is loaded on another thread
                .run(context -> {
                    Words words = context.getBean(Words.class);
                    Observation request = Observation.start("request", registry);
                    request.scoped(() -> {
                        words.word(1);
                        words.word(1);
                        words.later(1).join();
                    });
                    assertThat(loads)
                            .hasSize(2)
                            .allSatisfy(load ->
                                    assertThat(load.getParentObservation()).isSameAs(request))
                            .extracting(load ->
                                    load.getLowCardinalityKeyValue("cache").getValue())
                            .containsExactly("words", "later");
                });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @Import(Words.class)
    static class Application {}

    static class Words {

        @Cacheable("words")
        public String word(int number) {
            return "word " + number;
        }

        @Cacheable("later")
        public CompletableFuture<String> later(int number) {
            return CompletableFuture.completedFuture("word " + number);
        }
    }

    @Test
    void anObservedLoadIsGivenUpLikeAnyOther() throws Exception {
        CompletableFuture<String> load = new CompletableFuture<>();
        new ObservedLoads(ObservationRegistry::create)
                .observedLater("products", () -> (CompletionStage<String>) load)
                .call()
                .toCompletableFuture()
                .cancel(true);
        assertThat(load).isCancelled();
    }
}
