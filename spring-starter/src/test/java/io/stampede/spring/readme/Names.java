package io.stampede.spring.readme;

import io.stampede.BulkLoader;
import io.stampede.StampedeCache;
import java.util.Collection;
import java.util.Map;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Service;

@Service
public class Names {

    private final StampedeCache<Long, String> names;

    Names(@Qualifier("names") StampedeCache<Long, String> names) {
        this.names = names;
    }

    Map<Long, String> all(Collection<Long> ids, BulkLoader<Long, String> database) {
        return names.getAll(ids, database);
    }
}
