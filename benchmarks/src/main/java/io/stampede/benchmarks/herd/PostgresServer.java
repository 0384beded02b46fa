package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.process.WorkDirectory;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** PostgreSQL out of a jar. Started by root, it runs in a user namespace, since it refuses to run as root. */
final class PostgresServer implements DatabaseServer {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String SOURCE_COST = """
            create function source_cost(millis double precision, failing boolean) returns boolean as $$
            begin
              if failing then
                raise exception 'the database fails';
              end if;
              perform pg_sleep(millis / 1000);
              return true;
            end
            $$ language plpgsql volatile
            """;

    private final EmbeddedPostgres postgres;
    private final String version;

    PostgresServer(int connections) throws IOException, SQLException {
        // Its files go below java.io.tmpdir, too: that is the lab's own directory in the process that runs this.
        Path log = Path.of(System.getProperty("java.io.tmpdir"), "postgres.log");
        this.postgres = start(connections, log);
        try (Connection connection = DriverManager.getConnection(jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute(SOURCE_COST);
            this.version = connection.getMetaData().getDatabaseProductVersion();
        } catch (SQLException e) {
            postgres.close();
            throw e;
        }
    }

    private static EmbeddedPostgres start(int connections, Path log) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .setServerConfig("max_connections", Integer.toString(connections + 20))
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("autovacuum", "off")
                .setLocaleConfig("locale", "C")
                .setPGStartupWait(PATIENCE)
                // We close it ourselves, before its directory is deleted.
                .setRegisterShutdownHook(false);
        try {
            return builder.start();
        } catch (IOException | RuntimeException e) {
            throw new IOException("PostgreSQL does not run here:\n" + WorkDirectory.tail(log), e);
        }
    }

    @Override
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres?user=postgres";
    }

    @Override
    public String name() {
        return "PostgreSQL " + version;
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
