package io.stampede.spring.readme;

import io.stampede.EncryptionKeys;
import io.stampede.spring.StampedeCacheCustomizer;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Service;

/** Values that must not be readable in Redis. */
@Configuration(proxyBeanMethods = false)
public class Accounts {

    @Bean
    EncryptionKeys keys() {
        return EncryptionKeys.aesGcm("first", new byte[32]);
    }

    @Bean
    StampedeCacheCustomizer encryptedAccounts(EncryptionKeys keys) {
        return (cache, builder) -> {
            if (cache.equals("accounts")) {
                builder.encryption(keys);
            }
        };
    }

    /** Has them cached. */
    @Service
    public static class AccountService {

        @Cacheable("accounts")
        public String owner(long account) {
            return "a secret owner";
        }
    }
}
