package io.stampede.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.stampede.spi.InvalidationBus;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A connection that tells with what each failed operation has failed: the code of Redis's error, such as
 * {@code CLUSTERDOWN}, else the name of the exception. A cache turns it all into the same "unavailable".
 */
record WatchedConnection(RemoteConnection connection, Consumer<String> failures) implements RemoteConnection {

    /** Begins the name of a failure that the adapter accounts for, and that is no error of Redis. */
    static final String NO_ANSWER = "no answer: ";

    @Override
    public RemoteTier tier(RemoteNamespace namespace) {
        RemoteTier tier = connection.tier(namespace);
        return (RemoteTier) Proxy.newProxyInstance(
                RemoteTier.class.getClassLoader(), new Class<?>[] {RemoteTier.class}, (proxy, method, args) -> {
                    try {
                        Object result = method.invoke(tier, args);
                        if (result instanceof CompletionStage<?> stage) {
                            stage.whenComplete((answer, failure) -> {
                                if (failure != null) {
                                    failures.accept(code(failure));
                                }
                            });
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static String code(Throwable failure) {
        boolean isExpected = false;
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof RedisCommandExecutionException)) {
            isExpected = isExpected || cause instanceof RedisException;
            cause = cause.getCause();
        }
        if (cause instanceof RedisCommandExecutionException) {
            return String.valueOf(cause.getMessage()).split(" ", 2)[0];
        }
        return (isExpected || cause instanceof RedisException ? NO_ANSWER : "")
                + cause.getClass().getSimpleName();
    }

    @Override
    public InvalidationBus bus(RemoteNamespace namespace) {
        return connection.bus(namespace);
    }

    @Override
    public void check(long nanos) {
        connection.check(nanos);
    }
}
