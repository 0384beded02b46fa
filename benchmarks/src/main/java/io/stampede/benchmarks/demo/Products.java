package io.stampede.benchmarks.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The application's repository: one slow query.
 *
 * <p>There is a connection for each client thread, opened before the load begins. So nobody ever waits for a connection,
 * and what the contenders do to the database is not softened by a small pool.
 */
final class Products implements AutoCloseable {

    /** Slow as a query with a few joins is slow: it keeps a connection busy, not the processor. */
    static final String QUERY = "select id, name, price_cents, pg_sleep(0.2) from product where id = ?";

    private final BlockingQueue<Connection> idle;

    Products(String jdbcUrl, int connections) throws SQLException {
        this.idle = new ArrayBlockingQueue<>(connections);
        for (int i = 0; i < connections; i++) {
            idle.add(DriverManager.getConnection(jdbcUrl));
        }
    }

    /** The product, or null if there is none. */
    @Nullable
    Product load(long id) throws SQLException, InterruptedException {
        Connection connection = idle.take();
        try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
            statement.setLong(1, id);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                return new Product(row.getLong(1), row.getString(2), row.getInt(3), System.currentTimeMillis());
            }
        } finally {
            idle.add(connection);
        }
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : idle) {
            connection.close();
        }
    }
}
