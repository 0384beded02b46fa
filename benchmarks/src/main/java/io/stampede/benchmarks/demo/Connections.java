package io.stampede.benchmarks.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * A node's connections to the database: one for each client thread, opened before the load begins. So nobody ever waits
 * for a connection, and what the contenders do to the database is not softened by a small pool.
 */
final class Connections implements AutoCloseable {

    private final BlockingQueue<Connection> idle;

    Connections(String jdbcUrl, int number) throws SQLException {
        this.idle = new ArrayBlockingQueue<>(number);
        for (int i = 0; i < number; i++) {
            idle.add(DriverManager.getConnection(jdbcUrl));
        }
    }

    Connection take() throws InterruptedException {
        return idle.take();
    }

    void giveBack(Connection connection) {
        idle.add(connection);
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : idle) {
            connection.close();
        }
    }
}
