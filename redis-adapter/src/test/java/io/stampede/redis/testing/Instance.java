package io.stampede.redis.testing;

/** One server of either kind. Only {@link RedisServer} calls it. */
interface Instance {

    String host();

    int port();

    String version();

    /** Kind and version, for people. */
    String description();

    /** Starts the server and returns when it answers a PING. */
    void start();

    void pause();

    void resume();

    /** Has no effect on a server that doesn't run. */
    void kill();

    /** Ends what runs and deletes what was written. */
    void close();
}
