package io.stampede;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * A class of ours with a mistake put into it, compiled in memory, in a world of its own: all our other classes are there
 * once more and meet the broken one in the place of the right one. What isn't ours is the same in all worlds.
 */
final class BrokenCopy {

    private static final String OURS = "io.stampede.";

    /** One for all copies, because it remembers what is on the class path. */
    private static final StandardJavaFileManager FILES =
            ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null);

    private final World world;

    private BrokenCopy(World world) {
        this.world = world;
    }

    /**
     * Puts the mistake in.
     *
     * @param source the source file, from the module's directory
     * @param right what it says exactly once, however it is laid out
     * @param wrong what the copy says instead
     */
    static BrokenCopy of(String source, String right, String wrong) {
        Path original = Path.of(source);
        String text = read(original);
        Matcher matcher = ignoringLayout(right).matcher(text);
        assertThat(matcher.results().count())
                .as("how often %s says '%s'; if it was rewritten, write this mistake anew", source, right)
                .isOne();
        String name = String.valueOf(original.getFileName());
        return new BrokenCopy(new World(compile(name, matcher.replaceFirst(Matcher.quoteReplacement(wrong)))));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Pattern ignoringLayout(String code) {
        return Pattern.compile(
                Stream.of(code.strip().split("\\s+")).map(Pattern::quote).collect(joining("\\s+")));
    }

    private static Map<String, byte[]> compile(String name, String text) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        Compiled compiled = new Compiled(FILES);
        List<String> options = List.of("-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path"));
        boolean succeeded = compiler.getTask(errors, compiled, null, options, null, List.of(new Source(name, text)))
                .call();
        assertThat(succeeded).as(errors.toString()).isTrue();
        return compiled.classes();
    }

    /** An object of a class of ours, as it is in that world, by a type that all worlds have in common. */
    <T> T there(Class<T> type, Class<? extends T> ours) throws ReflectiveOperationException {
        Class<?> there = world.loadClass(ours.getName());
        assertThat(there).isNotSameAs(ours);
        var constructor = there.getDeclaredConstructor();
        constructor.setAccessible(true);
        return type.cast(constructor.newInstance());
    }

    /** Runs a test class in that world; how many of its tests have failed. */
    long failuresOf(Class<?> testClass) throws ReflectiveOperationException {
        Class<?> there = world.loadClass(testClass.getName());
        assertThat(there).isNotSameAs(testClass);
        Thread thread = Thread.currentThread();
        ClassLoader here = thread.getContextClassLoader();
        thread.setContextClassLoader(world);
        try {
            return run(there);
        } finally {
            thread.setContextClassLoader(here);
        }
    }

    private static long run(Class<?> testClass) {
        Launcher launcher = LauncherFactory.create();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(testClass))
                .build();
        launcher.execute(request, summary);
        assertThat(summary.getSummary().getTestsStartedCount()).isPositive();
        return summary.getSummary().getTestsFailedCount();
    }

    /** Defines our classes anew, the broken ones as they were compiled. */
    private static final class World extends ClassLoader {

        private final Map<String, byte[]> broken;

        World(Map<String, byte[]> broken) {
            super(BrokenCopy.class.getClassLoader());
            this.broken = broken;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(OURS)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            byte[] bytes = broken.containsKey(name) ? broken.get(name) : unbroken(name);
            return defineClass(name, bytes, 0, bytes.length);
        }

        private byte[] unbroken(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Keeps what the compiler writes. */
    private static final class Compiled extends ForwardingJavaFileManager<JavaFileManager> {

        private final Map<String, ByteArrayOutputStream> written = new HashMap<>();

        Compiled(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return written.computeIfAbsent(className, any -> new ByteArrayOutputStream());
                }
            };
        }

        Map<String, byte[]> classes() {
            Map<String, byte[]> classes = new HashMap<>();
            written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
            return classes;
        }
    }
}
