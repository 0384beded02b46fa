package io.stampede.benchmarks.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * How often the database has executed {@link Products#QUERY}, by its own account: no counter of ours, in no process of
 * ours, takes part.
 */
final class QueryCount implements AutoCloseable {

    private final Connection connection;
    private final boolean postgres;

    QueryCount(String jdbcUrl) throws SQLException {
        this.connection = DriverManager.getConnection(jdbcUrl);
        this.postgres = jdbcUrl.startsWith("jdbc:postgresql:");
    }

    long get() throws SQLException {
        // What asks for the count is counted, too, but does not begin like what it asks for.
        String sql = postgres
                ? "select coalesce(sum(calls), 0) from pg_stat_statements where query like 'select id,%pg_sleep%'"
                : "select coalesce(sum(execution_count), 0) from information_schema.query_statistics"
                        + " where sql_statement like 'select id,%pg_sleep%'";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Starts from zero. */
    void reset() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (postgres) {
                statement.execute("select pg_stat_statements_reset()");
            } else {
                statement.execute("set query_statistics false");
                statement.execute("set query_statistics true");
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
