package io.stampede.spring.ahead;

import io.stampede.KeyCodec;
import io.stampede.spring.StampedeAutoConfiguration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** An application that is made ready ahead of time, and says what its cached methods answer. */
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({StampedeAutoConfiguration.class, CacheAutoConfiguration.class, SslAutoConfiguration.class})
@EnableCaching
@Import(Books.class)
public class Library {

    private static ConfigurableApplicationContext context;

    public static void main(String[] args) {
        context = new SpringApplicationBuilder(Library.class)
                .web(WebApplicationType.NONE)
                .properties("spring.main.banner-mode=off", "page.ttl=5m", "stampede.caches.lent.type=java.lang.Integer")
                .run(args);
    }

    @Bean
    KeyCodec<Books.Key> keys() {
        return new KeyCodec<>() {
            @Override
            public String encode(Books.Key key) {
                return key.shelf() + "/" + key.id();
            }

            @Override
            public Books.Key decode(String text) {
                int slash = text.lastIndexOf('/');
                return new Books.Key(text.substring(0, slash), Long.parseLong(text.substring(slash + 1)));
            }
        };
    }

    /** Whether its configuration classes were read when it started. */
    public static boolean hasReadItsConfiguration() {
        return context.containsBean("org.springframework.context.annotation.internalConfigurationAnnotationProcessor");
    }

    /** Asks all methods; each call of the source has a number of its own. */
    public static List<String> answers() {
        Books books = context.getBean(Books.class);
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            answers.add(books.find(7).title());
            answers.add(books.shelf("green ", i == 0).get(0).title());
            answers.add(books.page(7, 1).text());
            answers.add("lent " + books.lend(new Books.Key("green", 7)));
        }
        books.reprint(7);
        answers.add(books.page(7, 1).text());
        answers.add(books.page(7, 1001).text());
        return answers;
    }

    public static void close() {
        context.close();
    }
}
