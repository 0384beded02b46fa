package io.stampede.benchmarks.herd;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * How often the database has begun {@link Products#QUERY}, and how often it is doing so right now, by its own account:
 * no counter of ours, in no process of ours, takes part.
 */
final class DatabaseProbe implements AutoCloseable {

    // What asks does not begin like what it asks for.
    private static final String POSTGRES = """
            select (select case when is_called then last_value else 0 end from queries),
                   (select count(*) from pg_stat_get_activity(null) where state = 'active' and query like 'select nextval%')
            """;
    private static final String H2 = """
            select (select base_value - 1 from information_schema.sequences where lower(sequence_name) = 'queries'),
                   (select count(*) from information_schema.sessions
                     where executing_statement like 'select nextval%')
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
