package io.stampede.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;

/** Connection details as an application may write them, for servers and sentinels without passwords. */
record SentinelDetails(String master, List<DataRedisConnectionDetails.Node> nodes)
        implements DataRedisConnectionDetails {

    @Override
    public Sentinel getSentinel() {
        return new Sentinel() {
            @Override
            public int getDatabase() {
                return 0;
            }

            @Override
            public String getMaster() {
                return master;
            }

            @Override
            public List<Node> getNodes() {
                return nodes;
            }

            @Override
            public @Nullable String getUsername() {
                return null;
            }

            @Override
            public @Nullable String getPassword() {
                return null;
            }
        };
    }
}
