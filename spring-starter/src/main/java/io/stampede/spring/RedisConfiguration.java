package io.stampede.spring;

import io.stampede.redis.RedisTier;
import io.stampede.spi.RemoteConnection;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
class RedisConfiguration {
    @Bean
    @ConditionalOnProperty("spring.data.redis.url")
    RemoteConnection stampedeRemoteConnection(Environment environment) {
        return RedisTier.connect(environment.getRequiredProperty("spring.data.redis.url"));
    }
}
