package io.stampede.benchmarks.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The application's repository: one query, as slow as it is told to be. */
final class Products {

    /** Slow as a query with a few joins is slow: it keeps a connection busy, not the processor. */
    static final String QUERY = "select id, name, price_cents, pg_sleep(?) from product where id = ?";

    private final Connections connections;
    private final double seconds;

    /** @param cost how long the query takes */
    Products(Connections connections, Duration cost) {
        this.connections = connections;
        this.seconds = cost.toMillis() / 1e3;
    }

    /** The product, or null if there is none. */
    @Nullable
    Product load(long id) throws SQLException, InterruptedException {
        Connection connection = connections.take();
        try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
            statement.setDouble(1, seconds);
            statement.setLong(2, id);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                return new Product(row.getLong(1), row.getString(2), row.getInt(3), System.currentTimeMillis());
            }
        } finally {
            connections.giveBack(connection);
        }
    }
}
