package io.stampede.benchmarks.herd;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Makes the database sick, and well again. For one thread. */
final class SourceCondition implements AutoCloseable {

    private final Connection connection;

    SourceCondition(String jdbcUrl) throws SQLException {
        this.connection = DriverManager.getConnection(jdbcUrl);
    }

    /** Each query takes its time. */
    void wellAgain() throws SQLException {
        set(1, false);
    }

    /** Each query takes so many times its time. */
    void slowBy(double factor) throws SQLException {
        set(factor, false);
    }

    /** Each query ends in an error at once. */
    void failing() throws SQLException {
        set(1, true);
    }

    private void set(double slowBy, boolean failing) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("update source set slow_by = ?, failing = ?")) {
            update.setDouble(1, slowBy);
            update.setBoolean(2, failing);
            update.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
