package io.stampede.redis.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds a loopback port for a server that will be killed and started again on it.
 *
 * <p>The port lies below the range from which systems take the ports of outgoing connections. From within that range
 * two things would go wrong while the server is down: another connection could be given its port, and a client that
 * keeps reconnecting could even connect to itself.
 */
public final class FreePort {

    private static final int LOWEST = 15_000;
    /** Ten thousand below 32768, because in cluster mode Redis takes port + 10000, too. */
    private static final int ABOVE_HIGHEST = 22_700;

    private static final int ATTEMPTS = 100;

    private FreePort() {}

    public static int find() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, ABOVE_HIGHEST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("No free port between " + LOWEST + " and " + ABOVE_HIGHEST);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
