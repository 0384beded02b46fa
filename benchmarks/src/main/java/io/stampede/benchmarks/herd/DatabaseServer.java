package io.stampede.benchmarks.herd;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** A real SQL database that serves this lab only. It counts the queries it is asked, see {@link DatabaseProbe}. */
interface DatabaseServer extends AutoCloseable {

    /** Numbered from 0. The last one is for what has to be tried before an act. */
    int PRODUCTS = 10_001;

    String jdbcUrl();

    /** Name and version, for people. */
    String name();

    @Override
    void close() throws IOException;

    /** PostgreSQL if it runs here, else H2. Some containers, for example, neither let root run it nor become another. */
    static DatabaseServer start(Options.DatabaseChoice choice, int connections) throws IOException, SQLException {
        DatabaseServer server = switch (choice) {
            case POSTGRES -> new PostgresServer(connections);
            case H2 -> new H2Server();
            case AUTO -> startAny(connections);
        };
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
            createTables(connection);
            return server;
        } catch (SQLException e) {
            server.close();
            throw e;
        }
    }

    private static DatabaseServer startAny(int connections) throws SQLException {
        try {
            return new PostgresServer(connections);
        } catch (IOException e) {
            // Into the log of this process. That it is H2 then is said to everybody.
            e.printStackTrace();
            return new H2Server();
        }
    }

    private static void createTables(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // No transaction takes back what a sequence has counted: failed queries are in it, too.
            statement.execute("create sequence queries");
            statement.execute("create table source (slow_by double precision, failing boolean)");
            statement.execute("insert into source values (1, false)");
            statement.execute("create table product (id bigint primary key, version bigint, name varchar(100))");
        }
        try (PreparedStatement insert = connection.prepareStatement("insert into product values (?, 0, ?)")) {
            for (int n = 0; n < PRODUCTS; n++) {
                insert.setLong(1, n);
                insert.setString(2, "Product " + n);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
