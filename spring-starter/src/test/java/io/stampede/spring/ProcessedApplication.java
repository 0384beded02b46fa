package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.ContextAotProcessor;

/** An application made ready ahead of time, as Spring Boot's build plugins do it: processed, compiled, and apart. */
final class ProcessedApplication {

    private final Class<?> application;
    private final Path classes;
    private final Path resources;

    private ProcessedApplication(Class<?> application, Path classes, Path resources) {
        this.application = application;
        this.classes = classes;
        this.resources = resources;
    }

    static ProcessedApplication of(Class<?> application, Path directory, String... arguments) throws IOException {
        Path sources = Files.createDirectories(directory.resolve("sources"));
        Path classes = Files.createDirectories(directory.resolve("classes"));
        Path resources = Files.createDirectories(directory.resolve("resources"));
        ContextAotProcessor.Settings settings = ContextAotProcessor.Settings.builder()
                .sourceOutput(sources)
                .classOutput(classes)
                .resourceOutput(resources)
                .groupId("io.stampede")
                .artifactId("ahead")
                .build();
        new SpringApplicationAotProcessor(application, settings, arguments).process();
        compile(sources, classes);
        Files.writeString(Files.createDirectories(resources).resolve("spring.properties"), "spring.aot.enabled=true");
        return new ProcessedApplication(application, classes, resources);
    }

    private static void compile(Path sources, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Files.createDirectories(classes);
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> all = Files.walk(sources)) {
            List<Path> units =
                    all.filter(each -> each.toString().endsWith(".java")).toList();
            String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
            List<String> options = List.of("-d", classes.toString(), "-cp", classPath, "-proc:none", "-nowarn");
            assertThat(compiler.getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(units))
                            .call())
                    .as("the generated sources compile")
                    .isTrue();
        }
    }

    /**
     * Starts it with classes of its own, the generated ones among them: they see what is package-private only where they
     * are loaded together.
     */
    Running start(String... arguments) throws Exception {
        List<URL> classPath = new ArrayList<>();
        classPath.add(resources.toUri().toURL());
        classPath.add(classes.toUri().toURL());
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            classPath.add(Path.of(entry).toUri().toURL());
        }
        URLClassLoader loader = new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        Running running = new Running(loader, loader.loadClass(application.getName()));
        try {
            running.call("main", String[].class, arguments);
        } catch (Exception | Error e) {
            loader.close();
            throw e;
        }
        return running;
    }

    /** It has started. */
    static final class Running implements AutoCloseable {

        private final URLClassLoader loader;
        private final Class<?> application;

        private Running(URLClassLoader loader, Class<?> application) {
            this.loader = loader;
            this.application = application;
        }

        Object ask(String method) throws Exception {
            return application.getMethod(method).invoke(null);
        }

        private void call(String method, Class<?> parameter, Object argument) throws Exception {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                application.getMethod(method, parameter).invoke(null, argument);
            } finally {
                thread.setContextClassLoader(before);
            }
        }

        @Override
        public void close() throws Exception {
            try {
                ask("close");
            } finally {
                loader.close();
            }
        }
    }
}
