package io.stampede.benchmarks.herd;

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
            statement.execute("create alias source_cost for \"" + H2Server.class.getName() + ".cost\"");
        } catch (SQLException e) {
            server.stop();
            throw e;
        }
    }

    /** What {@code source_cost} is in H2, which wants it public. */
    public static boolean cost(double millis, boolean failing) throws InterruptedException, SQLException {
        if (failing) {
            throw new SQLException("the database fails");
        }
        Thread.sleep(Math.round(millis));
        return true;
    }

    @Override
    public String jdbcUrl() {
        return "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/mem:lab;MODE=PostgreSQL;DB_CLOSE_DELAY=-1;USER=sa";
    }

    @Override
    public String name() {
        return "H2 " + Constants.VERSION;
    }

    @Override
    public void close() {
        server.stop();
    }
}
