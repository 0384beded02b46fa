package io.stampede.benchmarks.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * How often the database has executed {@link Products#QUERY}, and how often it is doing so right now, by its own account:
 * no counter of ours, in no process of ours, takes part.
 */
final class DatabaseProbe implements AutoCloseable {

    // What asks is counted, too, but does not begin like what it asks for.
    private static final String POSTGRES = """
            select (select coalesce(sum(calls), 0) from pg_stat_statements where query like 'select id,%pg_sleep%'),
                   (select count(*) from pg_stat_get_activity(null) where state = 'active' and query like 'select id,%pg_sleep%')
            """;
    private static final String H2 = """
            select (select coalesce(sum(execution_count), 0) from information_schema.query_statistics
                     where sql_statement like 'select id,%pg_sleep%'),
                   (select count(*) from information_schema.sessions
                     where executing_statement like 'select id,%pg_sleep%')
            """;

    private final Connection connection;
    private final PreparedStatement question;

    DatabaseProbe(String jdbcUrl) throws SQLException {
        this.connection = DriverManager.getConnection(jdbcUrl);
        this.question = connection.prepareStatement(jdbcUrl.startsWith("jdbc:postgresql:") ? POSTGRES : H2);
    }

    /** Not from two threads at a time. */
    Sample look() throws SQLException {
        try (ResultSet row = question.executeQuery()) {
            row.next();
            return new Sample(System.nanoTime(), row.getLong(1), row.getInt(2));
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
