package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.contender.Contender;
import io.stampede.benchmarks.contender.ContenderKind;
import io.stampede.benchmarks.contender.Setup;
import io.stampede.benchmarks.contender.Source;
import io.stampede.benchmarks.contender.Stampede;
import java.sql.SQLException;
import java.util.List;

/** One contender in one application node: its cache, what the cache reads from, and who reads from the cache. */
final class Node implements AutoCloseable {

    private static final int LOCAL_SIZE = 20_000;

    private final Contender contender;
    private final Readers readers;

    Node(
            ContenderKind kind,
            String redisUri,
            Conditions conditions,
            Connections connections,
            Ledger ledger,
            int callers) {
        Products products = new Products(connections, conditions.query());
        Setup setup = new Setup(redisUri, conditions.ttl(), conditions.ttl(), LOCAL_SIZE);
        this.contender = open(kind, setup, conditions, loading(products));
        this.readers = new Readers(contender, products, ledger, conditions.ttl(), callers);
    }

    private static Contender open(ContenderKind kind, Setup setup, Conditions conditions, Source source) {
        if (kind != ContenderKind.STAMPEDE) {
            return kind.create(setup, source);
        }
        return Stampede.tuned(
                setup,
                source,
                builder -> builder.jitter(conditions.jitter())
                        .staleOnError(conditions.staleOnError())
                        .remoteTimeout(conditions.remoteTimeout()));
    }

    private static Source loading(Products products) {
        return key -> {
            try {
                return products.load(Long.parseLong(key)).encoded();
            } catch (SQLException e) {
                throw new SourceFailedException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SourceFailedException(e);
            }
        };
    }

    Readers readers() {
        return readers;
    }

    /** The products that this node alone writes, and fills the cache with. */
    static List<Long> own(int count, int node, int nodes) {
        return Readers.range(count).stream()
                .filter(product -> product % nodes == node)
                .toList();
    }

    @Override
    public void close() {
        readers.close();
        contender.close();
    }
}
