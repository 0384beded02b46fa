package io.stampede.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;

/** Starts applications, and keeps what they print meanwhile. */
final class Startup {

    private Startup() {}

    /** An application without beans of its own. */
    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @ImportAutoConfiguration({StampedeAutoConfiguration.class, CacheAutoConfiguration.class})
    static class Application {}

    /** What somebody sees who starts an application with these beans and properties, which is to fail. */
    static String failure(List<Class<?>> beans, String... properties) {
        String output = output(() -> assertThatThrownBy(() -> run(beans, properties)));
        int begin = output.indexOf("*****");
        return begin < 0 ? output : output.substring(begin);
    }

    /** The same of one that is not to fail. */
    static String success(List<Class<?>> beans, String... properties) {
        return output(() -> run(beans, properties));
    }

    private static void run(List<Class<?>> beans, String... properties) {
        List<Class<?>> sources = new ArrayList<>(List.of(Application.class));
        sources.addAll(beans);
        List<String> arguments = new ArrayList<>(List.of("--spring.main.banner-mode=off"));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        new SpringApplicationBuilder(sources.toArray(Class[]::new))
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .run(arguments.toArray(String[]::new))
                .close();
    }

    private static synchronized String output(Runnable action) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, UTF_8));
        try {
            action.run();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(UTF_8);
    }
}
