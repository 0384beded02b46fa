package io.stampede.spring;

import io.stampede.Result;
import io.stampede.StampedeCache;
import io.stampede.spi.RemoteTier;
import io.stampede.testing.InMemoryRemote;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A cached method whose clock, source and remote tier are in the hands of a test; and what its callers see. */
final class Subject {

    private static final String KEY = "key";

    private final String name;
    private final ManualMachine machine = new ManualMachine();
    private final InMemoryRemote remote = new InMemoryRemote(machine::serverMicros);
    private final List<CompletableFuture<String>> loads = new ArrayList<>();
    private Function<String, CompletableFuture<String>> method = key -> CompletableFuture.completedFuture(key);
    private StampedeCache<Object, Object> cache;
    private Source source = Source.ANSWERS;
    private String answer;
    private boolean remoteHangs;
    private int remoteQuestions;

    /** What becomes of a load. */
    enum Source {
        ANSWERS,
        FAILS,
        HANGS
    }

    Subject(String name) {
        this.name = name;
    }

    Subject of(Function<String, CompletableFuture<String>> cachedMethod, StampedeCache<Object, Object> itsCache) {
        method = cachedMethod;
        cache = itsCache;
        return this;
    }

    // ---- what the test has in its hands -------------------------------------------------------------------------

    ManualMachine machine() {
        return machine;
    }

    InMemoryRemote remote() {
        return remote;
    }

    StampedeCache<Object, Object> cache() {
        return cache;
    }

    Subject source(Source next) {
        source = next;
        return this;
    }

    /** What the source answers, which is "value" and the number of the load if nobody says otherwise. */
    Subject answer(String next) {
        answer = next;
        return this;
    }

    /** From now on the remote tier does not reply. */
    void hangRemote() {
        remoteHangs = true;
    }

    Subject pass(Duration duration) {
        machine.pass(duration);
        return this;
    }

    Subject passMinutes(int minutes) {
        return pass(Duration.ofMinutes(minutes));
    }

    Subject passSeconds(int seconds) {
        return pass(Duration.ofSeconds(seconds));
    }

    // ---- behind the cache ---------------------------------------------------------------------------------------

    /** The body of the cached method. */
    CompletableFuture<String> load() {
        CompletableFuture<String> load = new CompletableFuture<>();
        loads.add(load);
        if (source == Source.ANSWERS) {
            load.complete(answer == null ? "value " + loads.size() : answer.isEmpty() ? null : answer);
        } else if (source == Source.FAILS) {
            load.completeExceptionally(new IllegalStateException("the source fails"));
        }
        return load;
    }

    /** The remote tier, whose replies may fail to come. */
    RemoteTier tier(RemoteTier tier) {
        return (RemoteTier) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {RemoteTier.class}, (proxy, asked, arguments) -> {
                    if (CompletionStage.class.isAssignableFrom(asked.getReturnType())) {
                        remoteQuestions++;
                        if (remoteHangs) {
                            return new CompletableFuture<>();
                        }
                    }
                    try {
                        return asked.invoke(tier, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }

    // ---- what can be seen ---------------------------------------------------------------------------------------

    CompletableFuture<String> call(String key) {
        CompletableFuture<String> answered = method.apply(key);
        machine.settle();
        return answered;
    }

    CompletableFuture<String> call() {
        return call(KEY);
    }

    int loads() {
        return loads.size();
    }

    CompletableFuture<String> lastLoad() {
        return loads.get(loads.size() - 1);
    }

    int remoteQuestions() {
        return remoteQuestions;
    }

    /** Where the value of a key is found, without a load. */
    Result.Source lookup(String key) {
        CompletableFuture<Result<Object>> found = cache.lookupAsync(key);
        machine.settle();
        return found.join().source();
    }

    /** The value of the key as the remote tier has it, or null. */
    byte[] remoteBytes() {
        return remote.rawEntry(name, remoteKey());
    }

    boolean isLeased() {
        return remote.leaseOf(name, remoteKey()) != null;
    }

    private String remoteKey() {
        return new SpringKeys(name, Map.of()).encode(KEY);
    }

    /** What a caller has got by now. */
    static String seen(CompletableFuture<String> answered) {
        if (!answered.isDone()) {
            return "waits";
        }
        return answered.handle((value, failure) -> failure == null
                        ? String.valueOf(value)
                        : (failure.getCause() == null ? failure : failure.getCause())
                                .getClass()
                                .getSimpleName())
                .join();
    }
}
