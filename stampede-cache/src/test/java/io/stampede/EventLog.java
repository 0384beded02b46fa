package io.stampede;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Counts what a cache tells its listener, event by event, and passes it on to another. */
final class EventLog {

    private final Map<String, Integer> counts = new TreeMap<>();
    final CacheListener listener;

    EventLog() {
        this(new CacheListener() {});
    }

    EventLog(CacheListener next) {
        this.listener = (CacheListener) Proxy.newProxyInstance(
                EventLog.class.getClassLoader(), new Class<?>[] {CacheListener.class}, (proxy, method, arguments) -> {
                    count(method.getName() + (arguments == null ? "" : words(arguments)));
                    if (isInsideAStep()) {
                        count("inside a step: " + method.getName());
                    }
                    try {
                        return method.invoke(next, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static boolean isInsideAStep() {
        return StackWalker.getInstance()
                .walk(frames ->
                        frames.anyMatch(frame -> frame.getClassName().startsWith(ConcurrentHashMap.class.getName())));
    }

    /** Which events were told while the cache held a lock. */
    synchronized List<String> toldInsideSteps() {
        return counts.keySet().stream()
                .filter(event -> event.startsWith("inside a step"))
                .toList();
    }

    /** Of an event's arguments those of which there are only a few. */
    private static String words(Object[] arguments) {
        return Arrays.stream(arguments)
                .filter(argument ->
                        argument instanceof Enum<?> || argument instanceof String || argument instanceof Boolean)
                .map(argument -> " " + argument)
                .collect(Collectors.joining());
    }

    private synchronized void count(String event) {
        counts.merge(event, 1, Integer::sum);
    }

    /** How often an event was told, by its method's name and its words. */
    synchronized int of(String event) {
        return counts.getOrDefault(event, 0);
    }

    /** How many reads have ended, by source; failed ones under FAILED. */
    synchronized Map<String, Integer> reads() {
        Map<String, Integer> reads = new TreeMap<>();
        for (Result.Source source : Result.Source.values()) {
            reads.put(source.name(), of("onRead " + source));
        }
        reads.put("FAILED", of("onReadFailed"));
        reads.values().removeIf(count -> count == 0);
        return reads;
    }
}
