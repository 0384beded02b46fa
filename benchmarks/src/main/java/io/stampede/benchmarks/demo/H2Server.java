package io.stampede.benchmarks.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.engine.Constants;
import org.h2.tools.Server;

/** H2 over TCP, in memory, for machines on which PostgreSQL does not run. */
public final class H2Server implements DatabaseServer {

    private final Server server;

    H2Server() throws SQLException {
        System.setProperty("h2.bindAddress", "127.0.0.1");
        this.server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        try (Connection connection = DriverManager.getConnection(jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("create alias pg_sleep for \"" + H2Server.class.getName() + ".sleep\"");
            statement.execute("set query_statistics true");
        } catch (SQLException e) {
            server.stop();
            throw e;
        }
    }

    /** What {@code pg_sleep} is in H2, which wants it public. */
    public static boolean sleep(double seconds) throws InterruptedException {
        Thread.sleep((long) (seconds * 1_000));
        return true;
    }

    @Override
    public String jdbcUrl() {
        return "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/mem:demo;DB_CLOSE_DELAY=-1;USER=sa";
    }

    @Override
    public String name() {
        return "H2 " + Constants.VERSION;
    }

    @Override
    public String counter() {
        return "query_statistics";
    }

    @Override
    public void close() {
        server.stop();
    }
}
