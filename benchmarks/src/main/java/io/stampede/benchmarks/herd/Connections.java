package io.stampede.benchmarks.herd;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * A node's connections to the database, opened before the load begins. There are fewer of them than callers, as in any
 * application: who finds none free waits in line.
 */
final class Connections implements AutoCloseable {

    private final BlockingQueue<Connection> idle;

    Connections(String jdbcUrl, int number) throws SQLException {
        this.idle = new ArrayBlockingQueue<>(number, true);
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
