package io.stampede.benchmarks.herd;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The application's repository: one query, as slow as it is told to be, and one update. Notes each load. Thread-safe. */
final class Products {

    /**
     * Slow as a query with a few joins is slow: it keeps a connection busy, not the processor. It counts itself first, so
     * that the count holds also those that fail.
     */
    static final String QUERY = "select nextval('queries'), id, version, name, source_cost(? * slow_by, failing)"
            + " from product, source where id = ?";

    private static final String UPDATE = "update product set version = version + 1 where id = ?";
    private static final String VERSION = "select version from product where id = ?";

    private final Connections connections;
    private final double millis;
    private final Queue<Load> loads = new ConcurrentLinkedQueue<>();

    /** @param cost how long the query takes */
    Products(Connections connections, Duration cost) {
        this.connections = connections;
        this.millis = cost.toMillis();
    }

    Product load(long id) throws SQLException, InterruptedException {
        long began = Load.nowMicros();
        long version = Load.FAILED;
        try {
            Product product = query(id);
            version = product.version();
            return product;
        } finally {
            loads.add(new Load(id, version, began, Load.nowMicros()));
        }
    }

    private Product query(long id) throws SQLException, InterruptedException {
        Connection connection = connections.take();
        try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
            statement.setDouble(1, millis);
            statement.setLong(2, id);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("There is no product " + id);
                }
                return new Product(row.getLong(2), row.getLong(3), System.currentTimeMillis(), row.getString(4));
            }
        } finally {
            connections.giveBack(connection);
        }
    }

    /** Changes the product. Of each product there must be one writer at a time. Returns its new version. */
    long write(long id) throws SQLException, InterruptedException {
        Connection connection = connections.take();
        try (PreparedStatement update = connection.prepareStatement(UPDATE);
                PreparedStatement version = connection.prepareStatement(VERSION)) {
            update.setLong(1, id);
            update.executeUpdate();
            version.setLong(1, id);
            try (ResultSet row = version.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } finally {
            connections.giveBack(connection);
        }
    }

    /** The loads that have ended since the last time. */
    List<Load> takeLoads() {
        List<Load> taken = new ArrayList<>();
        for (Load load = loads.poll(); load != null; load = loads.poll()) {
            taken.add(load);
        }
        return taken;
    }
}
