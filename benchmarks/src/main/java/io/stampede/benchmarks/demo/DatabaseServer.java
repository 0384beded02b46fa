package io.stampede.benchmarks.demo;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** A real SQL database that serves this demo only. It counts the statements it executes, see {@link DatabaseProbe}. */
interface DatabaseServer extends AutoCloseable {

    String jdbcUrl();

    /** Name and version, for people. */
    String name();

    /** What it counts its statements with, for people. */
    String counter();

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
            createProducts(connection);
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

    private static void createProducts(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table product (id bigint primary key, name varchar(100), price_cents int)");
        }
        try (PreparedStatement insert = connection.prepareStatement("insert into product values (?, ?, ?)")) {
            for (ContenderKind contender : ContenderKind.values()) {
                for (int n = 0; n < ContenderKind.PRODUCTS; n++) {
                    insert.setLong(1, contender.product(n));
                    insert.setString(2, "Product " + n);
                    insert.setInt(3, 100 * n + 99);
                    insert.addBatch();
                }
            }
            insert.executeBatch();
        }
    }
}
