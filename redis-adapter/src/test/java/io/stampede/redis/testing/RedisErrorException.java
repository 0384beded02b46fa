package io.stampede.redis.testing;

/** Redis answered a command with an error; the message is what it said, such as {@code MOVED 1 127.0.0.1:7000}. */
public final class RedisErrorException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    RedisErrorException(String message) {
        super(message);
    }
}
